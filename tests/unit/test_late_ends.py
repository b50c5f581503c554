"""A drop whose end can't be written is told of as late, and no other because of it."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.errors import CreateRefusedError, ForbiddenError, ServiceError
from shared.jobs import JobState
from shared.late_reasons import late_reasons
from tests.fakes import ENVIRONMENT, ROW, FakeCloud
from tests.faults import Crash
from tests.moments import fail_at, fail_every, polled_for, record, the_job, told

HOUR = 3600


@pytest.mark.parametrize("days_on_its_way", [0, 5])
@pytest.mark.parametrize(
    ("content", "outcome"), [(ROW, "completed"), (b"this is no row", "rejected")]
)
def test_an_end_that_can_not_be_written_is_told_of_without_a_deadline_too(
    content: bytes, outcome: str, days_on_its_way: int
) -> None:
    """Since its claim, queue and run are over, both; and the end comes when it can."""
    cloud = FakeCloud()
    fail_every(cloud, "objects.write results", ForbiddenError("403"))
    drop = cloud.drop(content)
    cloud.wait(days_on_its_way * 24 * HOUR)
    with contextlib.suppress(ForbiddenError):
        cloud.submit(drop)
    cloud.batches.finish()

    polled_for(cloud, 72 + 23)
    assert told(cloud) == []
    polled_for(cloud, 2)
    assert told(cloud) == ["past_deadline"]
    polled_for(cloud, 48)
    assert told(cloud) == ["past_deadline"]

    cloud.faults.on_call = lambda _: None
    polled_for(cloud, 1)
    assert told(cloud) == ["past_deadline", outcome]


@pytest.mark.parametrize(
    "state", [JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED]
)
def test_so_is_a_job_whose_end_can_not_be_written_down(state: JobState) -> None:
    """It has ended without word of a folder, and nobody may list the bucket."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.move(the_job(cloud).name, state)
    fail_every(cloud, "objects.list results", ForbiddenError("403"))

    polled_for(cloud, 72 + 23)
    assert told(cloud) == []
    polled_for(cloud, 2)
    assert told(cloud) == ["running_too_long"]


def refused_after_days() -> FakeCloud:
    """Its route was off for four days, and then Vertex AI refuses its create."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="off/a.jsonl"))
    polled_for(cloud, 97)
    routes = json.loads(ENVIRONMENT["DROPBATCH_ROUTES"])
    cloud.change(routes=json.dumps([{**route, "enabled": True} for route in routes]))
    cloud.batches.answer = lambda: CreateRefusedError("INVALID_ARGUMENT", "no")
    return cloud


def ended_after_days() -> FakeCloud:
    """Its job began after three days, and ran for most of another."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    polled_for(cloud, 80)
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())
    polled_for(cloud, 20)
    cloud.batches.finish()
    return cloud


def ended_after_days_with_a_hiccup() -> FakeCloud:
    cloud = ended_after_days()
    fail_at(cloud, "announcements.publish", ServiceError("503"))
    return cloud


def ended_after_days_with_a_death() -> FakeCloud:
    cloud = ended_after_days()
    fail_at(cloud, "objects.write results", Crash("as its end was written"))
    return cloud


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        (refused_after_days, "failed"),
        (ended_after_days, "completed"),
        (ended_after_days_with_a_hiccup, "completed"),
        (ended_after_days_with_a_death, "completed"),
    ],
)
def test_an_end_that_comes_late_is_not_told_of_as_one_that_can_not_be_written(
    case: Callable[[], FakeCloud], outcome: str
) -> None:
    cloud = case()

    with contextlib.suppress(Crash):
        cloud.poll()
    polled_for(cloud, 1, step=60)

    assert told(cloud) == ["queued_too_long", outcome]


def test_nor_is_what_a_clock_that_is_a_little_ahead_has_claimed_and_ended() -> None:
    cloud = FakeCloud()
    drop = cloud.drop(b"this is no row")
    cloud.wait(5 * 24 * HOUR + 30)
    cloud.submit(drop)
    cloud.wait(-25)

    cloud.poll()

    assert told(cloud) == ["rejected"]


def test_an_end_is_tried_for_an_hour_before_it_is_told_of() -> None:
    cloud = ended_after_days()
    fail_every(cloud, "objects.write results", ForbiddenError("403"))
    cloud.poll()

    polled_for(cloud, 0.9, step=60)
    assert told(cloud) == ["queued_too_long"]
    polled_for(cloud, 0.3, step=60)
    assert told(cloud) == ["queued_too_long", "past_deadline"]


@pytest.mark.parametrize("frozen", [None, datetime(2099, 1, 1, tzinfo=UTC)])
def test_a_record_without_the_time_of_its_end_goes_by_its_claim(
    frozen: datetime | None,
) -> None:
    """As one of older code may be, or of a clock that was far ahead."""
    cloud = FakeCloud()
    drop = cloud.drop(b"this is no row")
    fail_every(cloud, "objects.write results", ForbiddenError("403"))
    cloud.submit(drop)
    ending = record(cloud, drop.drop_id)
    unsaid = replace(ending, times=replace(ending.times, frozen=frozen))

    cloud.wait(96 * HOUR - 1)
    assert late_reasons(unsaid, None, cloud.now()) == []
    cloud.wait(1)
    assert late_reasons(unsaid, None, cloud.now()) == ["past_deadline"]
