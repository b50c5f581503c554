"""The enumerations catch every mistake that is planted in the real code."""

import pytest

from tests.properties.mistakes.planted import PLANTED
from tests.properties.mistakes.swapped_at_the_end import AT_THE_END
from tests.properties.mistakes.swapped_in_polls import IN_POLLS
from tests.properties.mistakes.swapped_on_the_way_in import WAY_IN
from tests.properties.mutants import MUTANTS, is_caught


@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_planted_mistake_is_caught(mistake: str) -> None:
    assert is_caught(MUTANTS[mistake])


def test_no_name_stands_for_two_mistakes() -> None:
    parts = (PLANTED, WAY_IN, IN_POLLS, AT_THE_END)

    assert len(MUTANTS) == sum(map(len, parts))
