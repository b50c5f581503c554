"""The README says how much is proved; it is as much as it says."""

import re
from pathlib import Path

from tests.properties.enumerating import run, singles
from tests.properties.mutants import MUTANTS
from tests.properties.starts import STARTS
from tests.properties.stories import STORIES

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_counts_what_there_is() -> None:
    said = re.search(
        r"\(([\d,]+) runs in which .*? from (\d+) states; .*?; (\d+) mistakes",
        README.read_text(encoding="utf-8"),
    )
    assert said
    runs = sum(len(list(singles(run(story, {}).calls))) for story in STORIES)

    counted = [int(number.replace(",", "")) for number in said.groups()]

    assert counted == [runs, len(STARTS), len(MUTANTS)]
