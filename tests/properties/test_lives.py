"""
No life of a deployment breaks a promise; 2,000 of them here, and 125,000 with
`make prove WHAT=lives`.
"""

import pytest

from tests.properties.lives import SORTS, live

SEEDS = 400


@pytest.mark.parametrize("sort", SORTS)
def test_no_life_breaks_a_promise(sort: str) -> None:
    lives = [live(sort, seed) for seed in range(SEEDS)]

    twins = sum(life.twins for life in lives)
    repeated = sum(life.repeated for life in lives)
    assert SORTS[sort].has_twins or twins == 0
    # That `List` lags is what makes second jobs, and faults what is told twice.
    assert twins > 0 if sort == "lagging" else twins <= 1
    assert (repeated > 0) == (sort != "calm")


def test_a_seed_gives_the_same_life_byte_for_byte() -> None:
    first, again, other = live("sleepy", 7), live("sleepy", 7), live("sleepy", 8)

    assert again == first
    assert other.digest != first.digest
