"""
Files by the thousand against a quota of creates: they drain in order, each with one
job, and hardly a create is wasted.
"""

import json

import pytest

from tests.properties.storm import Storm

_FILES = {"a/": 1500, "b/": 300, "c/": 150, "d/": 49, "e/": 1}
# So many creates a minute at the most, and how many ticks a drop may be late.
_A_MINUTE = 60


def test_two_thousand_drops_drain_in_order_and_waste_no_tenth_of_the_creates() -> None:
    storm = Storm(_FILES, a_minute=_A_MINUTE)

    storm.arrive()
    storm.drain()

    made = storm.creates()
    assert len(made) == sum(_FILES.values())
    assert set(made.values()) == {1}
    # And polls follow each.
    assert len(storm.cloud.open()) == len(made)
    asked = len(storm.admission.asked)
    assert storm.admission.refused / asked < 0.1, (storm.admission.refused, asked)
    # As fast as it can: the arrival is a part of it.
    assert len(storm.ticks) <= 2000 / _A_MINUTE + 10
    expect_order(storm)
    expect_fair_turns(storm)


@pytest.mark.parametrize(("routes", "models"), [(100, 5), (30, 3), (60, 6), (30, 30)])
def test_polls_of_many_routes_and_models_waste_no_tenth_either(
    routes: int, models: int
) -> None:
    """Where routes outnumber creates, most made no job when the quota is used up."""
    files = {f"{number:03}/": 10 for number in range(routes)}
    storm = Storm(files, a_minute=_A_MINUTE)
    told = [{"prefix": at, "model": f"m{n % models}"} for n, at in enumerate(files)]
    storm.cloud.change(routes=json.dumps(told))

    storm.arrive()
    of_events = len(storm.admission.asked), storm.admission.refused
    storm.drain()

    asked = len(storm.admission.asked) - of_events[0]
    assert (storm.admission.refused - of_events[1]) / asked < 0.1


def expect_order(storm: Storm) -> None:
    """Each tick made what had waited longest of each route, and in that order."""
    for ticked in storm.ticks:
        for route, created in ticked.created.items():
            assert created == ticked.held[route][: len(created)]


def expect_fair_turns(storm: Storm) -> None:
    """Where one route waited on, no other got more than one create in front of it."""
    for ticked in storm.ticks:
        made = {route: len(ticked.created.get(route, [])) for route in ticked.held}
        for route, held in ticked.held.items():
            if made[route] < len(held):
                assert max(made.values()) <= made[route] + 1, ticked


def test_half_an_hour_of_no_loses_nothing_and_asks_once_a_second_at_most() -> None:
    storm = Storm({"a/": 100, "b/": 50}, a_minute=0)
    storm.arrive(a_minute=150)

    for _ in range(30):
        storm.tick()
    asked = storm.admission.asked
    assert storm.creates() == {}
    assert len(asked) <= (asked[-1] - asked[0]).total_seconds()
    # A tick asks once for a location, and not again in the same tick.
    assert len(asked) <= len(storm.ticks) + 2 * 8

    storm.admission.a_minute = _A_MINUTE
    storm.drain()
    assert set(storm.creates().values()) == {1}
    assert len(storm.creates()) == 150
    expect_order(storm)
    assert storm.announced() == storm.creates()


def test_no_route_waits_for_ever_where_a_tick_has_fewer_creates_than_routes() -> None:
    """The route that was served longest ago is first in the next tick."""
    routes = {f"{letter}/": 10 for letter in "abcdefgh"}
    storm = Storm(routes, a_minute=3)
    storm.arrive(a_minute=80)

    for _ in range(9):
        storm.tick()

    served = [set(ticked.created) for ticked in storm.ticks[-9:]]
    for start in range(len(served) - 3):
        # Three creates a tick, eight routes: each within three ticks; and one of the
        # first may have been told not now.
        assert set().union(*served[start : start + 4]) == set(routes)
