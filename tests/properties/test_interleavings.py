"""
Whatever two invocations do beside each other, from whatever state a drop is in, it has
one job and one message. With deaths and sleeps it is `make prove`.
"""

import pytest

from tests.properties.interleaving import CASES, LOOKS, PAIRS, POLLED, explore


@pytest.mark.parametrize(("start", "pair"), CASES)
def test_no_schedule_of_two_breaks_a_promise(start: str, pair: tuple[str, str]) -> None:
    assert explore(start, pair).schedules


@pytest.mark.parametrize(("start", "pair"), POLLED)
def test_nor_does_one_where_the_steps_of_a_tick_are_turned_round(
    start: str, pair: tuple[str, str]
) -> None:
    assert explore(start, pair, backwards=True).schedules


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_nor_does_one_in_which_a_process_dies(pair: tuple[str, str]) -> None:
    assert explore("fresh", pair, deaths=1).schedules


@pytest.mark.parametrize("pair", LOOKS, ids="-".join)
def test_nor_does_one_in_which_a_look_at_the_inbox_dies_or_who_is_beside_it(
    pair: tuple[str, str],
) -> None:
    assert explore("unheard", pair, deaths=1).schedules
