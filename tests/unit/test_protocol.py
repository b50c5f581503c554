"""
Leases, deadlines, doubt and overlap: what holds when processes die, freeze,
wake up late, or work side by side.
"""

import json
from dataclasses import replace

import pytest

from shared.errors import (
    RefusedError,
    ServiceError,
)
from shared.marker import Marker
from tests.fakes import ROW, FakeCloud
from tests.faults import Crash
from tests.lots import drawing
from tests.moments import at_call, message, number_of, record


def test_a_claim_is_taken_over_only_when_its_lease_is_over() -> None:
    cloud = FakeCloud()
    cloud.faults.crash_before = number_of("objects.stream inbox")
    with pytest.raises(Crash):
        cloud.submit(cloud.drop())
    cloud.faults.crash_before = None

    cloud.wait(cloud.settings.claim_lease_seconds - 1)
    cloud.poll()
    assert cloud.batches.requests == []

    cloud.wait(1)
    cloud.poll()
    cloud.poll()
    assert len(cloud.batches.requests) == 1


def test_a_long_check_keeps_its_lease() -> None:
    """Polls beside it find nothing to do, however long the file takes."""
    cloud = FakeCloud()
    cloud.objects.chunk = 100
    streams = cloud.faults.calls

    def time_passes() -> None:
        cloud.wait(cloud.settings.claim_lease_seconds / 2)
        cloud.poll()

    cloud.objects.on_chunk = time_passes
    cloud.submit(cloud.drop(ROW * 20))

    assert [c for c in streams if c.startswith("objects.stream")] == [
        "objects.stream inbox"
    ]
    assert len(cloud.batches.requests) == 1


def test_a_handler_that_slept_through_its_lease_does_nothing_more() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()

    def sleep() -> None:
        cloud.wait(cloud.settings.claim_lease_seconds + 1)
        cloud.poll()

    at_call(cloud, "objects.copy work", sleep)
    cloud.submit(drop)
    cloud.until_quiet()

    assert len(cloud.batches.requests) == 1
    assert len(cloud.announcements.published) == 1


def test_no_create_is_begun_after_its_deadline() -> None:
    """A process that froze between intent and create leaves it to a poll, at once."""
    cloud = FakeCloud()
    drop = cloud.drop()
    times = iter(range(100))

    def on_call(called: str) -> None:
        if called.startswith("objects.write state") and next(times) == 2:
            cloud.wait(cloud.settings.create_deadline_seconds)

    cloud.faults.on_call = on_call
    cloud.submit(drop)

    assert cloud.batches.requests == []
    held = record(cloud, drop.drop_id)
    assert (held.state, held.in_doubt, held.unknown_tries) == ("held", False, 0)
    cloud.poll()
    assert len(cloud.batches.requests) == 1


def test_a_publish_lease_keeps_a_second_poll_from_publishing_too() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.finish()

    at_call(cloud, "announcements.publish", cloud.poll)
    cloud.poll()

    assert len(cloud.announcements.published) == 1
    assert cloud.open() == []


def test_who_dies_publishing_is_followed_after_the_lease_with_the_same_bytes() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    whole = FakeCloud()
    whole.submit(whole.drop())
    whole.batches.finish()
    before = len(whole.faults.calls)
    whole.poll()
    publish = whole.faults.calls.index("announcements.publish") - before
    cloud.faults.crash_after = len(cloud.faults.calls) + publish
    with pytest.raises(Crash):
        cloud.poll()
    cloud.faults.crash_after = None

    cloud.wait(cloud.settings.publish_lease_seconds - 1)
    cloud.poll()
    assert len(cloud.announcements.published) == 1

    cloud.wait(1)
    cloud.poll()
    first, second = cloud.announcements.published
    assert first == second


def test_a_bug_is_seen_but_stops_none_of_the_others() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="in/a.jsonl"))
    cloud.submit(cloud.drop(name="in/b.jsonl"))
    cloud.batches.finish()
    cloud.faults.calls.clear()
    cloud.faults.fail[2] = lambda: KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        cloud.poll()

    assert len(cloud.announcements.published) == 1


def test_a_tick_ends_in_its_time_and_leaves_the_rest_to_the_next() -> None:
    cloud = FakeCloud()
    for number in range(4):
        cloud.submit(cloud.drop(name=f"in/{number}.jsonl"))
        cloud.wait(1)
    cloud.batches.finish()
    slow = cloud.settings.poll_budget_seconds / 2

    def on_call(called: str) -> None:
        if called == "announcements.publish":
            cloud.wait(slow)

    cloud.faults.on_call = on_call
    with drawing(1):
        first, second = cloud.poll(), cloud.poll()

    assert (first.moved, first.left) == (2, 2)
    assert (second.moved, second.left) == (2, 0)
    names = [m["drop"]["name"] for m in map(_data, cloud.announcements.published)]
    assert names == [f"in/{number}.jsonl" for number in range(4)]


def _data(message: tuple[bytes, dict[str, str]]) -> dict[str, dict[str, str]]:
    decoded: dict[str, dict[str, str]] = json.loads(message[0])
    return decoded


def test_an_orphan_marker_is_driven_and_not_dropped() -> None:
    cloud = FakeCloud()
    cloud.faults.crash_before = number_of("objects.write state", 1)
    with pytest.raises(Crash):
        cloud.submit(cloud.drop())
    cloud.faults.crash_before = None
    (marker,) = cloud.markers().open()
    assert isinstance(marker, Marker)

    cloud.until_quiet()

    assert len(cloud.announcements.published) == 1


def test_a_list_that_is_refused_stops_nothing_else() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.submit(cloud.drop(b"{}\n", name="in/bad.jsonl"))
    cloud.faults.calls.clear()
    cloud.faults.fail[1] = lambda: RefusedError("no")

    tick = cloud.poll()

    assert cloud.faults.calls[1] == "batches.active"
    assert tick.failed == 1
    assert len(cloud.announcements.published) == 1


def test_an_orphan_keeps_the_route_that_it_was_marked_for() -> None:
    cloud = FakeCloud()
    cloud.faults.crash_before = number_of("objects.write state", 1)
    with pytest.raises(Crash):
        cloud.submit(cloud.drop())
    cloud.faults.crash_before = None
    cloud.change(routes='[{"prefix": "other/", "model": "gemini-3-pro"}]')

    cloud.until_quiet()

    (request,) = cloud.batches.requests
    assert request.model.endswith("gemini-2.5-flash")
    assert message(cloud)["route"] == "in/"


def test_a_marker_can_not_have_another_buckets_object_run() -> None:
    cloud = FakeCloud()
    info = cloud.objects.put("secret", "in/x.jsonl", ROW)
    stolen = replace(cloud.drop(), bucket="secret", generation=info.generation)
    route = cloud.settings.routes.match("in/x.jsonl")
    assert route is not None
    cloud.markers().mark(stolen, route)

    assert cloud.poll().failed == 1
    assert cloud.batches.requests == []
    assert cloud.objects.names("work") == []


def test_advice_that_is_lost_fails_nothing() -> None:
    cloud = FakeCloud()
    cloud.faults.fail[number_of("objects.annotate state")] = lambda: ServiceError("x")

    cloud.submit(cloud.drop())

    assert len(cloud.batches.requests) == 1
