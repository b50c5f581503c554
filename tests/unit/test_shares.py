"""The time of a tick is shared: what takes long leaves others theirs."""

import json

import pytest

from shared.errors import CreateUnknownError
from shared.records import State
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import fail_every, losing_answers, record, second_job, settled
from tests.unit.hanging import bad, hang_where, is_out, submitted, tick

_MANY = 40
_CALL_SECONDS = 0.05


@pytest.mark.parametrize("asked", ["get", "find"])
def test_a_location_whose_answers_hang_keeps_what_ended_elsewhere_from_nothing(
    asked: str,
) -> None:
    """It gives its list, and nothing has failed before."""
    cloud = FakeCloud()
    if asked == "find":
        cloud.batches.answer = lambda: CreateUnknownError("INTERNAL", "lost")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(_MANY)])
    cloud.batches.answer = None
    good = cloud.drop(name="world/a.jsonl")
    cloud.submit(good)
    cloud.batches.finish()
    cloud.wait(settled(cloud) + 1)
    hang_where(cloud, lambda where: "us-central1" in where, asked)

    tick(cloud, times=3)

    assert is_out(cloud, good)


def test_two_locations_that_hang_keep_no_file_from_its_rejection() -> None:
    """They fill a tick; who comes first in one is another each time."""
    cloud = FakeCloud()
    submitted(cloud, [f"{('in', 'world')[n % 2]}/{n}.jsonl" for n in range(_MANY)])
    cloud.batches.finish()
    hang_where(cloud, lambda _: True, "get")
    rejected = bad(cloud, "in/bad.jsonl")

    tick(cloud, times=8)

    assert is_out(cloud, rejected)


def test_last_looks_that_hang_keep_no_file_from_its_rejection() -> None:
    """A sweep after their ends, those whose create was in doubt are looked for."""
    cloud = FakeCloud()
    with losing_answers(cloud):
        submitted(cloud, [f"in/{number}.jsonl" for number in range(_MANY)])
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    cloud.batches.finish()
    cloud.poll()
    assert len(cloud.announcements.published) == _MANY
    cloud.wait(cloud.settings.sweep_seconds)
    hang_where(cloud, lambda _: True, "find")
    rejected = bad(cloud, "in/bad.jsonl")

    tick(cloud, times=3)

    assert is_out(cloud, rejected)


@pytest.mark.parametrize("hanging", [("find",), ("find", "active")])
@pytest.mark.parametrize("dies", [False, True])
def test_doubts_of_handlers_keep_no_file_from_its_rejection(
    hanging: tuple[str, ...], *, dies: bool
) -> None:
    """A handler that had no answer has told polls so; where it died, a poll has."""
    cloud = FakeCloud()
    if dies:
        fail_every(cloud, "batches.create", Crash())
        for number in range(_MANY):
            with pytest.raises(Crash):
                cloud.submit(cloud.drop(name=f"world/{number}.jsonl"))
        cloud.poll()
    else:
        cloud.batches.answer = lambda: CreateUnknownError("INTERNAL", "lost")
        submitted(cloud, [f"world/{number}.jsonl" for number in range(_MANY)])
    hang_where(cloud, lambda where: where == "global", *hanging)
    rejected = bad(cloud, "in/bad.jsonl")
    cloud.wait(settled(cloud) + 1)

    tick(cloud, times=4)

    assert is_out(cloud, rejected)


def test_a_location_that_gives_no_list_takes_no_time_of_another() -> None:
    cloud = FakeCloud()
    submitted(cloud, [f"in/{number}.jsonl" for number in range(200)])
    cloud.batches.finish()
    submitted(cloud, [f"world/{number}.jsonl" for number in range(200)])
    hang_where(cloud, lambda where: "global" in where, "active", "get")
    cloud.faults.on_call = lambda _: cloud.wait(_CALL_SECONDS)

    tick(cloud)

    assert len(cloud.announcements.published) == 200


def test_a_backlog_keeps_no_second_job_from_its_end() -> None:
    cloud = FakeCloud()
    submitted(cloud, [f"in/{number}.jsonl" for number in range(1000)])
    cloud.batches.finish()
    submitted(cloud, [f"in/twice {number}.jsonl" for number in range(20)])
    seconds = [cloud.batches.create(each) for each in cloud.batches.requests[-20:]]
    cloud.faults.on_call = lambda _: cloud.wait(_CALL_SECONDS)

    tick(cloud, times=2)

    assert {each.name for each in seconds} <= set(cloud.batches.cancelled)


def test_cancels_that_hang_keep_no_second_job_elsewhere_from_its_end() -> None:
    cloud = FakeCloud()
    submitted(cloud, [f"world/{number}.jsonl" for number in range(_MANY)])
    for request in list(cloud.batches.requests):
        cloud.batches.create(request)
    hang_where(cloud, lambda where: "global" in where, "cancel")
    submitted(cloud, ["in/twice.jsonl"])
    second = second_job(cloud)

    tick(cloud, times=3)

    assert second.name in cloud.batches.cancelled


def test_a_location_without_a_list_has_a_tick_now_and_then() -> None:
    """However long answers of the other take: they are no backlog that ends."""
    cloud = FakeCloud()
    submitted(cloud, [f"in/{number}.jsonl" for number in range(_MANY)])
    good = cloud.drop(name="world/a.jsonl")
    with losing_answers(cloud):
        cloud.submit(good)
    cloud.batches.finish()
    cloud.wait(settled(cloud) + 1)
    hang_where(cloud, lambda where: where == "global", "active")
    hang_where(cloud, lambda where: "us-central1" in where, "get")

    tick(cloud, times=20)

    assert record(cloud, good.drop_id).state is State.SUBMITTED


def test_second_jobs_whose_cancels_hang_keep_no_other_from_its_end() -> None:
    """Of the same location: by lot, what comes first in a tick is another each time."""
    cloud = FakeCloud()
    names = [f"in/{number}.jsonl" for number in range(5)]
    submitted(cloud, names)
    seconds = [cloud.batches.create(each) for each in list(cloud.batches.requests)]
    hang_where(cloud, {each.name for each in seconds[:4]}.__contains__, "cancel")

    tick(cloud, times=20)

    assert seconds[4].name in cloud.batches.cancelled


def test_two_backlogs_have_a_half_of_a_tick_each() -> None:
    cloud = FakeCloud()
    submitted(cloud, [f"{('in', 'world')[n % 2]}/{n}.jsonl" for n in range(600)])
    cloud.batches.finish()
    cloud.faults.on_call = lambda _: cloud.wait(_CALL_SECONDS)

    tick(cloud)

    at = [json.loads(data)["location"] for data, _ in cloud.announcements.published]
    assert abs(at.count("global") - at.count("us-central1")) <= 1
    assert len(at) < 600
