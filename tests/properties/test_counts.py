"""The README says how much is proved; it is as much as it says."""

import re
from pathlib import Path

import pytest

from tests.corpus.table import CASES as FIXTURES
from tests.properties.enumerating import run, singles
from tests.properties.interleaving import CASES
from tests.properties.lives import SORTS
from tests.properties.mistakes.effects import PAIRS
from tests.properties.mutants import MUTANTS
from tests.properties.starts import STARTS, UNHEARD
from tests.properties.stories import STORIES
from tests.properties.test_door import DRAWN
from tests.properties.test_interleavings import SCHEDULES, TURNED
from tests.properties.test_lives import SEEDS as LIVES
from tests.properties.test_machine import TestDays
from tests.properties.test_storage_weather import SEEDS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _runs() -> int:
    return sum(len(list(singles(run(story, {}).calls))) for story in STORIES)


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("test_crashes", lambda: f"every call of {len(STORIES)} stories"),
        ("test_crashes", lambda: f"{_runs():,} runs"),
        ("test_interleavings", lambda: f"from {len(STARTS) + len(UNHEARD)} states"),
        ("test_interleavings", lambda: f"{len(CASES)} pairs"),
        ("test_interleavings", lambda: f"{SCHEDULES} schedules"),
        ("test_interleavings", lambda: f"{TURNED} more"),
        ("test_machine", lambda: f"{TestDays.settings.max_examples} deployments"),
        ("test_storage_weather", lambda: f"{SEEDS} seeds"),
        ("test_lives", lambda: f"{LIVES * len(SORTS):,} seeds"),
        ("test_door", lambda: f"{DRAWN} runs, drawn"),
        ("test_mutants", lambda: f"{len(MUTANTS)}, each caught"),
        ("test_effects", lambda: f"{sum(map(len, PAIRS.values()))} pairs"),
        ("test_cases", lambda: f"{len(FIXTURES)} files of 77 kinds"),
    ],
)
def test_the_readme_counts_what_there_is(test: str, says: object) -> None:
    row = re.search(rf"^\| `tests/\w+/{test}\.py` \|.*$", README, re.M)
    assert row
    assert callable(says)

    assert says() in row[0]
