"""A drop that takes too long, or waits for somebody, is told of as late; it goes on."""

import json

import pytest

from shared.errors import CreateHeldError, ServiceError
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import (
    fail_at,
    fail_every,
    message,
    polled_for,
    record,
    the_job,
    told,
)

HOUR = 3600
ROUTES = json.dumps(
    [
        {
            "prefix": "in/",
            "model": "gemini-2.5-flash",
            "limits": {
                "queue_seconds": 10 * HOUR,
                "run_seconds": 5 * HOUR,
                "deadline_seconds": 40 * HOUR,
            },
        }
    ]
)


def submitted() -> FakeCloud:
    cloud = FakeCloud(routes=ROUTES)
    cloud.submit(cloud.drop())
    return cloud


def test_a_job_that_does_not_begin_is_told_of_once() -> None:
    cloud = submitted()

    polled_for(cloud, 9.5)
    assert told(cloud) == []
    polled_for(cloud, 20)

    assert told(cloud) == ["queued_too_long"]
    said = message(cloud)
    assert said["outcome"] == "late"
    assert said["error"] == {
        "code": "queued_too_long",
        "message": "no job of it has begun to run within the route's limit; "
        "it waits on",
        "retryable": False,
    }
    assert said["jobs"][0]["state"] is not None


def test_a_drop_that_is_held_waits_in_the_queue_too() -> None:
    cloud = FakeCloud(routes=ROUTES)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(cloud.drop())

    polled_for(cloud, 10.5)

    assert told(cloud) == ["queued_too_long"]
    assert message(cloud)["jobs"] == []


def test_a_job_that_runs_on_is_told_of_from_its_own_start() -> None:
    cloud = submitted()
    polled_for(cloud, 8)
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())

    polled_for(cloud, 4.5)
    assert told(cloud) == []
    polled_for(cloud, 10)

    assert told(cloud) == ["running_too_long"]


def test_a_job_that_does_not_say_when_it_began_runs_since_it_was_made() -> None:
    """Hours in a queue are none of its run."""
    cloud = FakeCloud(routes=ROUTES)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(cloud.drop())
    polled_for(cloud, 4)
    cloud.batches.answer = None
    polled_for(cloud, 0.5)
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING)

    polled_for(cloud, 4.5)
    assert told(cloud) == []
    polled_for(cloud, 1)

    assert told(cloud) == ["running_too_long"]


def test_a_job_that_waited_too_long_is_still_told_of_when_it_runs_too_long() -> None:
    cloud = submitted()
    polled_for(cloud, 12)
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())

    polled_for(cloud, 6)

    assert told(cloud) == ["queued_too_long", "running_too_long"]


def test_a_routes_own_deadline_is_told_of_whatever_the_drop_waits_for() -> None:
    cloud = submitted()
    polled_for(cloud, 41)

    assert told(cloud) == ["queued_too_long", "past_deadline"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [(JobState.PAUSED, "paused"), (JobState.UNKNOWN, "unknown_state")],
)
def test_a_state_that_somebody_must_end_is_told_of_at_once(
    state: JobState, reason: str
) -> None:
    cloud = submitted()
    cloud.batches.move(the_job(cloud).name, state)

    cloud.poll()
    polled_for(cloud, 2)

    assert told(cloud) == [reason]


def test_a_late_drop_ends_as_any_other() -> None:
    cloud = submitted()
    polled_for(cloud, 12)
    cloud.batches.finish()

    cloud.until_quiet()

    assert told(cloud) == ["queued_too_long", "completed"]
    ids = [said["ce-id"] for _, said in cloud.announcements.published]
    assert len(set(ids)) == 2
    assert message(cloud)["outcome"] == "completed"


def test_what_was_frozen_is_published_by_the_next_poll_when_its_lease_is_over() -> None:
    cloud = submitted()
    cloud.wait(11 * HOUR)
    fail_every(cloud, "announcements.publish", ServiceError("away"))
    cloud.poll()
    frozen = record(cloud, cloud_drop(cloud)).late[0].message
    cloud.faults.on_call = lambda _: None

    cloud.wait(cloud.settings.publish_lease_seconds + 30)
    cloud.poll()

    assert told(cloud) == ["queued_too_long"]
    assert cloud.announcements.published[0][0] == frozen.data.encode()


def test_a_word_that_is_out_says_nothing_of_another_that_is_not() -> None:
    cloud = submitted()
    cloud.wait(41 * HOUR)
    publishing = iter(range(9))

    def fail_the_second(name: str) -> None:
        if name == "announcements.publish" and next(publishing) == 1:
            raise ServiceError("away")

    cloud.faults.on_call = fail_the_second
    cloud.poll()
    assert len(told(cloud)) == 1

    cloud.wait(cloud.settings.publish_lease_seconds + 30)
    cloud.poll()

    assert sorted(told(cloud)) == ["past_deadline", "queued_too_long"]


def test_two_polls_at_once_tell_of_it_once() -> None:
    cloud = submitted()
    cloud.wait(11 * HOUR)

    def on_call(name: str) -> None:
        if name == "announcements.publish":
            cloud.faults.on_call = lambda _: None
            cloud.poll()

    cloud.faults.on_call = on_call
    cloud.poll()

    assert told(cloud) == ["queued_too_long"]


def test_a_drop_is_not_closed_before_its_word_is_out() -> None:
    cloud = submitted()
    cloud.wait(11 * HOUR)
    drop_id = cloud_drop(cloud)
    fail_at(cloud, "announcements.publish", ServiceError("away"))
    cloud.poll()
    assert told(cloud) == []
    cloud.batches.finish()
    cloud.wait(31)

    cloud.until_quiet()

    assert sorted(told(cloud)) == ["completed", "queued_too_long"]
    assert record(cloud, drop_id).told == {"queued_too_long"}


def test_a_job_that_runs_is_read_for_once_a_limit() -> None:
    cloud = submitted()
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())
    polled_for(cloud, 6)
    cloud.faults.calls.clear()

    polled_for(cloud, 10)

    assert "objects.read state" not in cloud.faults.calls


def cloud_drop(cloud: FakeCloud) -> str:
    """The id of the only drop."""
    (marker,) = cloud.open()
    return marker.rpartition("/")[2]
