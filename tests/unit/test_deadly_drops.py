"""A drop at which each poll dies keeps the others from nothing, and is tried seldom."""

import contextlib
from collections.abc import Callable

import pytest

from shared.drops import Drop
from shared.errors import CreateHeldError, CreateUnknownError, ServiceError
from shared.jobs import JobState
from shared.records import State
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.lots import drawing
from tests.moments import fail_at, fail_every, record, settled, told

WHERE = ["batches.get", "objects.list", "objects.write"]


def submitted(cloud: FakeCloud, name: str) -> Drop:
    cloud.wait(1)
    drop = cloud.drop(name=name)
    cloud.submit(drop)
    return drop


def die_where(cloud: FakeCloud, call: str, is_deadly: Callable[..., bool]) -> None:
    """From now on each process dies that makes this call with such arguments."""
    port, _, method = call.partition(".")
    does = getattr(getattr(cloud, port), method)

    def die(*given: str, **named: object) -> object:
        if is_deadly(*given):
            raise Crash(call)
        return does(*given, **named)

    setattr(getattr(cloud, port), method, die)


def make_deadly(cloud: FakeCloud, drop: Drop, call: str) -> None:
    """From now on each process dies that makes this call for this drop."""
    job = record(cloud, drop.drop_id).job_name

    def is_deadly(first: str, *others: str) -> bool:
        return first == job or (first == "results" and drop.drop_id in others[0])

    die_where(cloud, call, is_deadly)
    # Of a job that failed, whatever it wrote is looked for.
    failed = call == "objects.list"
    cloud.batches.move(job, JobState.FAILED if failed else JobState.SUCCEEDED)


def in_doubt_and_held(cloud: FakeCloud) -> Drop:
    """A drop whose create had no answer, and made no job; it is to have another."""
    cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "reset")
    drop = submitted(cloud, "in/in-doubt.jsonl")
    cloud.batches.answer = None
    cloud.wait(settled(cloud) + 1)
    with drawing(1):
        cloud.poll()
    assert record(cloud, drop.drop_id).state is State.HELD
    return drop


def make_look_ups_deadly(cloud: FakeCloud, drop: Drop) -> None:
    """From now on each process dies that looks this drop's job up."""
    key = str(record(cloud, drop.drop_id).job_key)
    die_where(cloud, "batches.find", lambda _, asked: asked == key)


def deaths(cloud: FakeCloud, *, minutes: int) -> int:
    """Poll every minute, jobs end at once; return how many polls died."""
    died = 0
    for _ in range(minutes):
        cloud.wait(60)
        try:
            cloud.poll()
        except Crash:
            died += 1
        cloud.batches.finish()
    return died


@pytest.mark.parametrize("call", WHERE)
def test_those_behind_it_end_and_what_is_held_gets_its_job(call: str) -> None:
    cloud = FakeCloud()
    make_deadly(cloud, submitted(cloud, "in/deadly.jsonl"), call)
    behind = [submitted(cloud, f"in/{number}.jsonl") for number in range(6)]
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "said")
    held = submitted(cloud, "in/held.jsonl")
    cloud.batches.answer = None
    assert record(cloud, held.drop_id).state is State.HELD

    died = deaths(cloud, minutes=40)

    assert died > 3
    for drop in (*behind, held):
        assert record(cloud, drop.drop_id).state is State.PUBLISHED


@pytest.mark.parametrize("befell", ["a failure", "no news", "an unknown state"])
def test_those_behind_it_end_whatever_befell_them_before(befell: str) -> None:
    cloud = FakeCloud()
    deadly = submitted(cloud, "in/deadly.jsonl")
    behind = submitted(cloud, "in/behind.jsonl")
    job = record(cloud, behind.drop_id).job_name
    if befell == "a failure":
        cloud.batches.move(job, JobState.SUCCEEDED)
        fail_at(cloud, "batches.get", ServiceError("503"))
    elif befell == "no news":
        del cloud.batches.jobs[job]
    else:
        cloud.batches.move(job, JobState.UNKNOWN)
    deaths(cloud, minutes=1)
    if befell == "an unknown state":
        cloud.batches.move(job, JobState.SUCCEEDED)
    make_deadly(cloud, deadly, "batches.get")

    died = deaths(cloud, minutes=120)

    assert died > 3
    assert record(cloud, behind.drop_id).state is State.PUBLISHED


def test_what_is_held_behind_it_gets_its_job_though_it_failed_before() -> None:
    cloud = FakeCloud()
    deadly = in_doubt_and_held(cloud)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "said")
    held = submitted(cloud, "in/held.jsonl")
    cloud.batches.answer = None
    cloud.polling().setting_aside.count(held.drop_id, ServiceError("503"))
    make_look_ups_deadly(cloud, deadly)

    assert deaths(cloud, minutes=120) > 3

    assert record(cloud, held.drop_id).state is State.PUBLISHED


def test_a_second_job_is_ended_where_each_poll_dies_at_what_is_held() -> None:
    cloud = FakeCloud()
    ended = submitted(cloud, "in/ended.jsonl")
    deaths(cloud, minutes=2)
    assert record(cloud, ended.drop_id).state is State.PUBLISHED
    again = cloud.batches.requests[-1]
    make_look_ups_deadly(cloud, in_doubt_and_held(cloud))
    second = cloud.batches.create(again)

    for _ in range(40):
        cloud.wait(60)
        with contextlib.suppress(Crash):
            cloud.poll()

    assert cloud.batches.cancelled == [second.name]


def test_a_job_is_not_asked_for_in_the_tick_that_made_it() -> None:
    """Its marker was read before that; it may not show at once."""
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "said")
    held = submitted(cloud, "in/held.jsonl")
    cloud.batches.answer = None
    cloud.wait(2 * 3600)
    cloud.faults.calls.clear()

    with drawing(0):
        cloud.poll()

    assert record(cloud, held.drop_id).state is State.SUBMITTED
    assert "batches.get" not in cloud.faults.calls


def test_one_whose_folder_is_deadly_is_tried_ever_more_seldom() -> None:
    cloud = FakeCloud()
    make_deadly(cloud, submitted(cloud, "in/deadly.jsonl"), "objects.write")

    assert deaths(cloud, minutes=12) < 8
    assert told(cloud) == []
    assert deaths(cloud, minutes=120) < cloud.settings.set_aside_tries
    assert told(cloud) == ["set_aside"]


@pytest.mark.parametrize(
    ("deadly", "lease"),
    [
        ("objects.stream inbox", "claim_lease"),
        ("objects.write results", "publish_lease"),
    ],
)
def test_who_takes_over_has_the_time_that_the_step_may_take(
    deadly: str, lease: str
) -> None:
    cloud = FakeCloud()
    fail_every(cloud, deadly, Crash())
    drop = cloud.drop()
    with contextlib.suppress(Crash):
        cloud.submit(drop)
    cloud.batches.finish()

    for _ in range(60):
        if record(cloud, drop.drop_id).take_overs:
            break
        cloud.wait(30)
        with contextlib.suppress(Crash):
            cloud.poll()

    until = record(cloud, drop.drop_id).lease_until
    assert until == cloud.now() + cloud.settings.time(lease)
