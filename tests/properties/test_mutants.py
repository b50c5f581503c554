"""The enumerations catch every mistake that is planted in the real code."""

import pytest

from tests.properties.mutants import MUTANTS, PLANTED, SWAPPED, is_caught


@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_planted_mistake_is_caught(mistake: str) -> None:
    assert is_caught(MUTANTS[mistake])


def test_no_name_stands_for_two_mistakes() -> None:
    assert len(MUTANTS) == len(PLANTED) + len(SWAPPED)
