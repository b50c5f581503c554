"""A drop at which each poll dies keeps the others from nothing, and is tried seldom."""

import pytest

from shared.drops import Drop
from shared.errors import CreateHeldError
from shared.jobs import JobState
from shared.records import State
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import record, told

WHERE = ["batches.get", "objects.list", "objects.write"]


def submitted(cloud: FakeCloud, name: str) -> Drop:
    cloud.wait(1)
    drop = cloud.drop(name=name)
    cloud.submit(drop)
    return drop


def make_deadly(cloud: FakeCloud, drop: Drop, call: str) -> None:
    """From now on each process dies that makes this call for this drop."""
    job = record(cloud, drop.drop_id).job_name
    port, _, method = call.partition(".")
    does = getattr(getattr(cloud, port), method)

    def die(first: str, *others: str, **named: object) -> object:
        if first == job or (first == "results" and drop.drop_id in others[0]):
            raise Crash(call)
        return does(first, *others, **named)

    setattr(getattr(cloud, port), method, die)
    # Of a job that failed, whatever it wrote is looked for.
    failed = call == "objects.list"
    cloud.batches.move(job, JobState.FAILED if failed else JobState.SUCCEEDED)


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


def test_one_whose_folder_is_deadly_is_tried_ever_more_seldom() -> None:
    cloud = FakeCloud()
    make_deadly(cloud, submitted(cloud, "in/deadly.jsonl"), "objects.write")

    assert deaths(cloud, minutes=12) < 8
    assert told(cloud) == []
    assert deaths(cloud, minutes=120) < cloud.settings.set_aside_tries
    assert told(cloud) == ["set_aside"]
