"""
What has failed before comes last in half of the ticks: where it fails by hanging, the
others have their turn in those.
"""

import json
from collections.abc import Callable

import pytest

from shared.errors import CreateHeldError, CreateUnknownError, ServiceError
from shared.jobs import Job, JobRequest
from tests.fakes import FakeCloud
from tests.moments import record
from tests.unit.hanging import hang_where, submitted, tick
from tests.unit.heads import created
from tests.unit.queued import doubt, hold, of_model, two_routes


@pytest.mark.parametrize("doubts", [10, 20, 100])
def test_look_ups_that_hang_leave_time_for_what_is_behind_them(doubts: int) -> None:
    cloud = FakeCloud()
    doubt(cloud, [f"in/{number}.jsonl" for number in range(doubts)])
    hold(cloud, [f"in/good-{number}.jsonl" for number in range(100)])
    hang_where(cloud, lambda _: True, "find")
    before = len(cloud.batches.requests)

    tick(cloud, times=6)

    assert len(cloud.batches.requests) - before >= 100


def test_refusals_that_take_long_leave_time_for_what_is_behind_them() -> None:
    """The first were of a route that has moved since, to where its grant is."""
    cloud = two_routes()
    refuses_after = 0.0

    def refuse(request: JobRequest) -> None:
        if request.model.endswith("/m"):
            cloud.wait(refuses_after)
            raise CreateHeldError("PERMISSION_DENIED", "no grant")

    cloud.batches.on_create = refuse
    submitted(cloud, [f"in/{number}.jsonl" for number in range(30)])
    cloud.change(routes='[{"prefix": "in/", "model": "k"}]')
    tick(cloud, times=20)
    hold(cloud, [f"in/good-{number}.jsonl" for number in range(100)])
    refuses_after = 60

    tick(cloud, times=6)

    assert of_model(cloud, "k") == 100


@pytest.mark.parametrize("doubts", [4, 20])
def test_calls_that_hang_leave_time_for_another_location(doubts: int) -> None:
    """Its list works, and gets of its jobs take all the time before the drain's."""
    cloud = two_routes("global")
    submitted(cloud, [f"in/ended-{number}.jsonl" for number in range(40)])
    doubt(cloud, [f"in/{number}.jsonl" for number in range(doubts)])
    hold(cloud, [f"good/{number}.jsonl" for number in range(100)])
    cloud.batches.finish()
    hang_where(cloud, lambda where: "us-central1" in where, "find", "get")

    tick(cloud, times=6)

    assert of_model(cloud, "k") == 100


@pytest.mark.parametrize(("routes", "seconds"), [(20, 9), (60, 3)])
def test_look_ups_that_fail_slowly_leave_time_for_another_location(
    routes: int, seconds: float
) -> None:
    away = [{"prefix": f"{n}/", "model": "m"} for n in range(routes)]
    good = {"prefix": "good/", "model": "k", "location": "global"}
    cloud = FakeCloud(routes=json.dumps([*away, good]))
    doubt(cloud, [f"{route}/{n}.jsonl" for route in range(routes) for n in range(5)])
    hold(cloud, [f"good/{number}.jsonl" for number in range(100)])

    def find(location: str, key: str) -> list[Job]:
        cloud.wait(seconds)
        raise ServiceError("no answer")

    cloud.batches.find = find  # type: ignore[method-assign]  # a fault
    tick(cloud)

    assert of_model(cloud, "k") == 100


def test_a_location_that_gives_no_list_has_its_creates() -> None:
    """While look-ups hang in the other, which gives one."""
    cloud = two_routes("global")
    submitted(cloud, ["good/running.jsonl"])
    doubt(cloud, [f"in/{number}.jsonl" for number in range(90)])
    hold(cloud, [f"good/{number}.jsonl" for number in range(100)])
    hang_where(cloud, lambda where: "us-central1" in where, "find")
    hang_where(cloud, lambda where: where == "global", "active")

    tick(cloud, times=6)

    assert of_model(cloud, "k") == 1 + 100


def test_routes_of_a_model_that_is_away_have_no_more_turns_than_another() -> None:
    """What is in doubt had its turn, and three end the others'."""
    dead = 40
    routes = [{"prefix": f"{n}/", "model": "m"} for n in range(dead)]
    routes.append({"prefix": "good/", "model": "k"})
    cloud = FakeCloud(routes=json.dumps(routes))
    submitted(cloud, ["good/first.jsonl"])

    def answer(request: JobRequest) -> None:
        if request.model.endswith("/m"):
            raise CreateUnknownError("UNAVAILABLE", "away")

    hold(cloud, [f"{n % dead}/{n}.jsonl" for n in range(10 * dead)])
    hold(cloud, [f"good/{number}.jsonl" for number in range(100)])
    cloud.batches.on_create = answer

    # Three a tick, and each of them once.
    tick(cloud, times=dead // 3 + 1)

    assert of_model(cloud, "k") == 1 + 100


def test_what_waits_where_its_route_was_has_time_for_what_waits_where_it_is() -> None:
    """It never failed; but its location is why the route was moved."""
    cloud = two_routes(enabled=False)
    submitted(cloud, [f"in/{number}.jsonl" for number in range(100)])
    there = [{"prefix": "in/", "model": "k", "location": "global"}]
    cloud.change(routes=json.dumps(there))
    hang_where(cloud, lambda where: "us-central1" in where, "create", "find", "active")
    hold(cloud, [f"in/good-{number}.jsonl" for number in range(100)])

    tick(cloud, times=6)

    assert of_model(cloud, "k") == 100


def move(cloud: FakeCloud, names: list[str]) -> None:
    """Have these wait for where their route was before it was moved."""
    hold(cloud, names)
    there = [{"prefix": "in/", "model": "m", "location": "global"}]
    cloud.change(routes=json.dumps(there))


@pytest.mark.parametrize("wait", [doubt, move])
def test_what_has_not_failed_keeps_its_order_whichever_tick_it_is(
    wait: Callable[[FakeCloud, list[str]], None],
) -> None:
    for seconds in range(8):
        cloud = two_routes()
        cloud.wait(seconds)
        names = [f"in/{number}.jsonl" for number in range(9)]
        wait(cloud, names)
        known = len(created(cloud))

        tick(cloud, times=9)

        came = [record(cloud, each).drop.name for each in created(cloud)[known:]]
        assert came == names


def test_a_crowd_that_failed_puts_no_route_that_was_moved_off_for_long() -> None:
    """Its look-ups hang, so that few of it fill a tick."""
    cloud = two_routes()
    doubt(cloud, [f"in/bad-{number}.jsonl" for number in range(40)])
    for name in [marker.rpartition("/")[2] for marker in cloud.open()]:
        cloud.polling().setting_aside.count(name, ServiceError("503"))
    move(cloud, [f"in/{number}.jsonl" for number in range(20)])
    hang_where(cloud, lambda _: True, "find")
    known = len(created(cloud))

    tick(cloud, times=12)

    assert len(created(cloud)) == known + 20
