"""What a clock far ahead has written lasts no longer than it lasts at the most."""

import contextlib
from collections.abc import Callable

import pytest

from shared.errors import CreateHeldError, ServiceError
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import (
    at_call,
    fail_every,
    in_doubt,
    record,
    requeue,
    settled,
    the_job,
)

_AHEAD = 30 * 86_400


def outcomes(cloud: FakeCloud) -> list[str]:
    return [said["outcome"] for _, said in cloud.announcements.published]


def claim(cloud: FakeCloud) -> None:
    """The lease of a claim, whose owner dies."""
    drop = cloud.drop()
    cloud.wait(_AHEAD)
    fail_every(cloud, "objects.stream inbox", Crash())
    cloud.submit(drop)


def create(cloud: FakeCloud) -> None:
    """The deadline of a create, whose owner dies."""
    drop = cloud.drop()
    cloud.wait(_AHEAD)
    fail_every(cloud, "batches.create", Crash())
    cloud.submit(drop)


def hold(cloud: FakeCloud) -> None:
    """How long a drop is held of which Vertex AI said not now."""
    drop = cloud.drop()
    cloud.wait(_AHEAD)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(drop)
    cloud.batches.answer = None


def retry(cloud: FakeCloud) -> None:
    """When a drop that failed is tried again."""
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    cloud.wait(_AHEAD)
    fail_every(cloud, "batches.get", ServiceError("503"))
    assert cloud.poll().failed == 1


def publish(cloud: FakeCloud) -> None:
    """The lease of a publish, whose owner dies."""
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    cloud.wait(_AHEAD)
    fail_every(cloud, "announcements.publish", Crash())
    cloud.poll()


def late(cloud: FakeCloud) -> None:
    """The lease of a word that the drop is late, whose owner dies."""
    cloud.submit(cloud.drop())
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())
    cloud.wait(_AHEAD)
    fail_every(cloud, "announcements.publish", Crash())
    cloud.poll()


def close(cloud: FakeCloud) -> None:
    """Until when the second jobs of a drop are looked for, which has ended."""
    in_doubt(cloud, hidden=False)
    cloud.batches.finish()
    cloud.wait(_AHEAD)
    cloud.poll()


@pytest.mark.parametrize("what", [claim, create, hold, retry, publish, late, close])
def test_what_a_clock_far_ahead_has_written_is_over_soon(
    what: Callable[[FakeCloud], None],
) -> None:
    cloud = FakeCloud()
    with contextlib.suppress(Crash):
        what(cloud)
    cloud.faults.on_call = lambda _: None
    cloud.wait(-_AHEAD)

    # The sweep of what was in doubt included.
    for _ in range(90):
        cloud.wait(60)
        cloud.poll()
        cloud.batches.finish()

    assert "completed" in outcomes(cloud)
    assert cloud.open() == []


def test_a_word_of_a_clock_far_ahead_keeps_no_drop_from_being_put_back() -> None:
    cloud = FakeCloud(set_aside_tries="1")
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.poisoned.add(the_job(cloud).name)
    cloud.batches.finish()
    cloud.wait(_AHEAD)
    fail_every(cloud, "announcements.publish", Crash())
    with contextlib.suppress(Crash):
        cloud.poll()
    cloud.faults.on_call = lambda _: None
    cloud.wait(-_AHEAD)

    requeue(cloud, drop.drop_id)

    cloud.batches.poisoned.clear()
    cloud.wait(cloud.settings.publish_lease_seconds)
    cloud.poll()
    cloud.poll()
    assert sorted(outcomes(cloud)) == ["completed", "late"]


def test_a_job_that_a_clock_far_ahead_missed_is_lost_an_hour_later() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.forget()
    cloud.wait(_AHEAD)
    cloud.poll()
    cloud.wait(-_AHEAD)
    cloud.poll()
    for _ in range(59):
        cloud.wait(60)
        cloud.poll()
    assert outcomes(cloud) == []

    cloud.wait(60)
    cloud.poll()
    assert outcomes(cloud) == ["failed"]


def test_a_drop_that_a_clock_far_ahead_claimed_is_late_when_others_are() -> None:
    cloud = FakeCloud()
    drop = cloud.drop(name="off/a.jsonl")
    cloud.wait(_AHEAD)
    cloud.submit(drop)
    cloud.wait(-_AHEAD)

    for _ in range(74):
        cloud.wait(3600)
        cloud.poll()

    assert outcomes(cloud) == ["late"]


def test_a_poll_whose_clock_is_a_little_behind_leaves_a_create_alone() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()

    def poll() -> None:
        cloud.wait(-2)
        cloud.poll()
        cloud.wait(2)

    at_call(cloud, "batches.create", poll)

    cloud.submit(drop)

    assert record(cloud, drop.drop_id).state == "submitted"


def test_a_create_of_a_clock_ahead_settles_after_the_call_that_it_may_still_make() -> (
    None
):
    """Its owner goes on when the deadline has been set anew."""
    cloud = FakeCloud()
    cloud.batches.lag_seconds = cloud.settings.settle_seconds - 5
    drop = cloud.drop()
    cloud.wait(_AHEAD)

    def poll() -> None:
        cloud.wait(-_AHEAD)
        cloud.poll()
        cloud.wait(cloud.settings.create_deadline_seconds - 1)

    at_call(cloud, "batches.create", poll)
    cloud.submit(drop)

    # Often enough for a poll right before the job shows.
    for _ in range(round(settled(cloud)) // 3 + 20):
        cloud.wait(3)
        cloud.poll()

    assert len(cloud.batches.requests) == 1


def test_a_job_that_a_clock_far_ahead_submitted_is_late_when_others_are() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    at_call(cloud, "batches.create", lambda: cloud.wait(_AHEAD))
    cloud.submit(drop)
    cloud.wait(-_AHEAD)
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())

    for _ in range(50):
        cloud.wait(3600)
        cloud.poll()

    assert outcomes(cloud) == ["late"]
