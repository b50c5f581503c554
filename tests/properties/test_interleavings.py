"""
Whatever two invocations do beside each other, from whatever state a drop is in, it has
one job and one message. With deaths and sleeps it is `make prove`.
"""

import pytest

from tests.properties.interleaving import CASES, LOOKS, PAIRS, POLLED, explore

# How many there are, without those that come to a state that was met before.
SCHEDULES, TURNED = 567, 459


def test_no_schedule_of_two_breaks_a_promise() -> None:
    assert sum(explore(*case).schedules for case in CASES) == SCHEDULES


def test_nor_does_one_where_the_steps_of_a_tick_are_turned_round() -> None:
    ran = sum(explore(*case, backwards=True).schedules for case in POLLED)

    assert ran == TURNED


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_nor_does_one_in_which_a_process_dies(pair: tuple[str, str]) -> None:
    assert explore("fresh", pair, deaths=1).schedules


@pytest.mark.parametrize("pair", LOOKS, ids="-".join)
def test_nor_does_one_in_which_a_look_at_the_inbox_dies_or_who_is_beside_it(
    pair: tuple[str, str],
) -> None:
    assert explore("unheard", pair, deaths=1).schedules
