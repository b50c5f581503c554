"""A marker that says what is no more, or that older code left, hides no drop."""

import json

import pytest

from shared.errors import ServiceError
from shared.jobs import JobState
from shared.marker import marker_name, new_metadata
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import fail_at, message, number_of, the_job

_ON = json.dumps([{"prefix": "in/", "model": "m"}])
_OFF = _ON.replace("}", ', "enabled": false}')

# What the code before this one wrote of a drop that is submitted.
_OLD = (
    *("bucket", "name", "generation", "size", "crc32c", "dropped-at"),
    *("content-encoding", "location", "state", "submitted-at", "in-doubt"),
)


def polled(cloud: FakeCloud, minutes: int) -> None:
    for _ in range(minutes):
        cloud.wait(60)
        cloud.poll()


def test_a_stale_word_that_says_held_hides_a_job_for_an_hour_at_most() -> None:
    """A poll sleeps between its read and its advice; the route is off then."""
    cloud = FakeCloud(routes=_OFF)
    drop = cloud.drop()
    cloud.submit(drop)
    held = cloud.ledger().read(drop.drop_id)
    assert held is not None
    cloud.change(routes=_ON)
    cloud.poll()
    cloud.batches.finish()

    cloud.markers().advise(held.record)
    cloud.change(routes=_OFF)
    polled(cloud, 61)

    assert message(cloud)["outcome"] == "completed"


def test_a_marker_that_does_not_say_when_to_look_is_looked_at() -> None:
    """Older code left it so."""
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())
    name = marker_name(drop.drop_id)
    word = cloud.objects.info("state", name).metadata
    said = {key: word[key] for key in word if key in _OLD}
    cloud.objects.remove("state", name)
    cloud.objects.write("state", name, b"", if_generation=0, metadata=said)

    cloud.wait(25 * 3600)
    polled(cloud, 20)

    assert message(cloud)["reason"] == "running_too_long"


def test_an_orphan_marker_with_no_route_in_it_is_claimed_for_todays() -> None:
    """Older code left it so, and died before it left a record."""
    cloud = FakeCloud()
    drop = cloud.drop()
    route = cloud.settings.routes.match(drop.name)
    assert route is not None
    cloud.objects.write(
        "state",
        marker_name(drop.drop_id),
        b"",
        if_generation=0,
        metadata=new_metadata(drop, route),
    )

    polled(cloud, 20)
    cloud.batches.finish()
    polled(cloud, 1)

    assert message(cloud)["outcome"] == "completed"
    assert message(cloud)["route"] == "in/"


def test_an_orphan_that_can_not_be_claimed_just_now_rests_and_then_is() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.faults.crash_before = number_of("objects.write state", 1)
    with pytest.raises(Crash):
        cloud.submit(drop)
    cloud.faults.crash_before = None
    fail_at(cloud, "objects.write state", ServiceError("503"))

    cloud.poll()
    cloud.poll()
    assert cloud.ledger().read(drop.drop_id) is None
    cloud.wait(cloud.settings.hold_min_seconds)
    cloud.poll()

    assert cloud.ledger().read(drop.drop_id) is not None
