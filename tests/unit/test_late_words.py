"""A word that a drop is late goes out, whoever fails meanwhile, and soon."""

import contextlib
from collections.abc import Callable

import pytest

from shared.errors import ForbiddenError, ServiceError
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import at_call, fail_every, message, polled_for, the_job, told

HOUR = 3600


def held_too_long() -> tuple[FakeCloud, str]:
    """A drop of a route that is off, a minute past the limit of its queue."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="off/a.jsonl"))
    cloud.poll()
    cloud.wait(72 * HOUR + 60)
    return cloud, "queued_too_long"


def running_too_long() -> tuple[FakeCloud, str]:
    """A drop whose job runs a minute past its limit."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())
    cloud.poll()
    cloud.wait(24 * HOUR + 60)
    return cloud, "running_too_long"


@pytest.mark.parametrize("late", [held_too_long, running_too_long])
@pytest.mark.parametrize("error", [ServiceError("away"), Crash("died")])
def test_a_late_word_that_did_not_go_out_is_out_within_minutes(
    late: Callable[[], tuple[FakeCloud, str]], error: BaseException
) -> None:
    """The next tick comes before the lease of who froze it is over."""
    cloud, reason = late()
    fail_every(cloud, "announcements.publish", error)
    with contextlib.suppress(Crash):
        cloud.poll()
    cloud.faults.on_call = lambda _: None
    assert told(cloud) == []

    for _ in range(10):
        cloud.wait(30)
        cloud.poll()

    assert told(cloud) == [reason]


def unseen() -> FakeCloud:
    """A submitted drop, in a location whose jobs nobody may list."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    fail_every(cloud, "batches.active", ForbiddenError("list"))
    return cloud


def test_a_job_that_ended_unseen_is_announced_once_its_drop_is_past_its_limits() -> (
    None
):
    cloud = unseen()
    cloud.batches.finish()

    polled_for(cloud, 74)

    assert message(cloud)["outcome"] == "completed"


def test_a_job_that_runs_on_unseen_is_told_of_as_late() -> None:
    cloud = unseen()
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())

    polled_for(cloud, 74)

    assert "running_too_long" in told(cloud)


@pytest.mark.parametrize(
    ("call", "hours"),
    [
        ("batches.get", 2),
        ("objects.write results", 2),
        # Longer than queue and run together, which it has not to be told of then.
        ("objects.write results", 120),
    ],
)
def test_a_drop_that_comes_no_further_is_told_of_once_its_deadline_is_over(
    call: str, hours: int
) -> None:
    """A grant is missing: to ask for its job, or to write into its folder."""
    limits = f'{{"deadline_seconds": {hours * HOUR}}}'
    cloud = FakeCloud(routes=f'[{{"prefix": "in/", "model": "m", "limits": {limits}}}]')
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    fail_every(cloud, call, ForbiddenError("403"))

    polled_for(cloud, hours - 1)
    assert told(cloud) == []
    polled_for(cloud, 2)

    assert told(cloud) == ["past_deadline"]


def test_a_job_that_nobody_may_ask_for_is_told_of_when_it_must_be_over() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    fail_every(cloud, "batches.get", ForbiddenError("get"))

    polled_for(cloud, 72 + 23)
    assert told(cloud) == []
    polled_for(cloud, 2)

    assert told(cloud) == ["running_too_long"]


def test_a_job_that_is_missing_is_told_of_once_its_deadline_is_over() -> None:
    limits = '{"deadline_seconds": 600}'
    cloud = FakeCloud(routes=f'[{{"prefix": "in/", "model": "m", "limits": {limits}}}]')
    cloud.submit(cloud.drop())
    cloud.batches.forget()
    cloud.poll()
    cloud.wait(660)

    cloud.poll()

    assert told(cloud) == ["past_deadline"]


def test_a_word_that_somebody_tells_just_now_keeps_no_other_from_going_out() -> None:
    cloud = FakeCloud(
        routes='[{"prefix": "in/", "model": "m", "limits":'
        ' {"queue_seconds": 60, "deadline_seconds": 3600}}]'
    )
    cloud.submit(cloud.drop())
    cloud.wait(HOUR - 1)

    def poll_beside() -> None:
        cloud.wait(2)
        cloud.poll()

    at_call(cloud, "announcements.publish", poll_beside)
    cloud.poll()

    assert sorted(told(cloud)) == ["past_deadline", "queued_too_long"]


def test_what_comes_in_days_after_it_was_dropped_is_not_late_at_once() -> None:
    """Its limits run from its claim."""
    cloud = FakeCloud()
    drop = cloud.drop(name="off/a.jsonl")
    cloud.wait(5 * 24 * HOUR)
    cloud.submit(drop)

    cloud.poll()

    assert told(cloud) == []


def test_a_word_that_one_poll_takes_over_another_leaves_alone() -> None:
    cloud, reason = held_too_long()
    fail_every(cloud, "announcements.publish", ServiceError("away"))
    cloud.poll()
    cloud.wait(10 * cloud.settings.publish_lease_seconds)

    at_call(cloud, "announcements.publish", cloud.poll)
    cloud.poll()

    assert told(cloud) == [reason]
