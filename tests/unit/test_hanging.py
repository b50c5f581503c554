"""Calls that hang for a minute: whose drop they are of waits, and nobody else."""

import json
from dataclasses import replace

import pytest

from shared.errors import (
    CreateHeldError,
    CreateUnknownError,
    ForbiddenError,
)
from shared.jobs import JobState
from shared.records import State
from tests.fakes import FakeCloud
from tests.moments import fail_every, record, settled
from tests.unit.hanging import ALL, bad, hang, hang_where, is_out, submitted, tick


@pytest.mark.parametrize("hanging", ["batches.find", "batches.active"])
def test_a_service_that_hangs_keeps_no_other_drop_from_its_end(hanging: str) -> None:
    """However many wait for it, and for longer."""
    cloud = FakeCloud()
    hang(cloud, "batches.create")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(20)])
    hang(cloud, hanging)
    cloud.wait(1200)
    rejected = bad(cloud, "world/bad.jsonl")

    tick(cloud, times=2)

    assert is_out(cloud, rejected)


def test_doubts_that_hang_in_the_drain_leave_time_for_other_locations() -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "away")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(20)])
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    hang(cloud, "batches.find", "batches.active")
    good = cloud.drop(name="world/good.jsonl")
    cloud.submit(good)
    cloud.batches.answer = None
    cloud.wait(cloud.settings.hold_max_seconds)

    tick(cloud)

    assert record(cloud, good.drop_id).state is State.SUBMITTED


def test_creates_that_hang_leave_time_for_other_locations() -> None:
    """Of two routes that wait in the one that is away, minute after minute."""
    capped = {"model": "m", "limits": {"jobs": 1000}}
    away = [{"prefix": f"{at}/", "location": "global", **capped} for at in "ab"]
    runs = {"prefix": "runs/", "model": "m", "location": "global"}
    here = {"prefix": "in/", **capped}
    cloud = FakeCloud(routes=json.dumps([*away, runs, here]))
    submitted(cloud, [f"runs/{number}.jsonl" for number in range(200)])
    submitted(cloud, ["in/runs.jsonl"])
    cloud.poll()
    submitted(cloud, [f"{'ab'[n % 2]}/{n}.jsonl" for n in range(120)])
    hang_where(cloud, lambda where: "global" in where, *ALL)
    made = len(cloud.batches.requests)
    submitted(cloud, [f"in/{number}.jsonl" for number in range(50)])

    tick(cloud, times=2)

    assert len(cloud.batches.requests) - made == 50


def test_lists_that_hang_in_two_locations_leave_time_for_the_drops() -> None:
    cloud = FakeCloud()
    submitted(cloud, ["in/a.jsonl", "world/b.jsonl"])
    hang(cloud, "batches.active")
    rejected = bad(cloud, "in/bad.jsonl")

    tick(cloud)

    assert is_out(cloud, rejected)


def test_checks_that_take_long_leave_time_for_what_is_held() -> None:
    """A look at the inbox has claimed large files, which polls take over."""
    cloud = FakeCloud()
    held = cloud.drop(name="off/held.jsonl")
    cloud.submit(held)
    for number in range(10):
        cloud.drop(name=f"in/{number}.jsonl")
    cloud.wait(cloud.settings.backstop_grace_seconds + 1)
    cloud.look_at_inbox()
    cloud.change(routes=cloud.settings.routes_json.replace("false", "true"))
    cloud.objects.on_chunk = lambda: cloud.wait(90)

    tick(cloud)

    assert record(cloud, held.drop_id).state is State.SUBMITTED


def test_second_jobs_that_no_cancel_ends_leave_time_for_the_drops() -> None:
    cloud = FakeCloud()
    drops = [cloud.drop(name=f"in/{number}.jsonl") for number in range(20)]
    for drop in drops:
        cloud.submit(drop)
    job = next(iter(cloud.batches.jobs.values()))
    cloud.until_quiet()
    for number, drop in enumerate(drops):
        name = f"{job.name}9{number}"
        key = f"{drop.drop_id}-s0a1"
        stray = replace(job, name=name, key=key, state=JobState.RUNNING)
        cloud.batches.jobs[name] = stray
    submitted(cloud, ["in/runs.jsonl"])
    rejected = bad(cloud, "in/bad.jsonl")
    hang(cloud, "batches.cancel")
    begun = cloud.time

    cloud.poll()

    assert is_out(cloud, rejected)
    assert (cloud.time - begun).total_seconds() < 2 * cloud.settings.poll_budget_seconds


def test_second_jobs_of_open_drops_that_no_cancel_ends_are_no_different() -> None:
    cloud = FakeCloud()
    submitted(cloud, ["in/a.jsonl", "in/b.jsonl", "in/c.jsonl"])
    for job in list(cloud.batches.jobs.values()):
        twin = replace(job, name=f"{job.name}9")
        cloud.batches.jobs[twin.name] = twin
    hang(cloud, "batches.cancel")
    rejected = bad(cloud, "in/bad.jsonl")

    tick(cloud)

    assert is_out(cloud, rejected)


def test_what_may_hang_comes_after_what_has_failed_before() -> None:
    cloud = FakeCloud()
    fail_every(cloud, "batches.get", ForbiddenError("get"))
    failed = cloud.drop(name="world/a.jsonl")
    cloud.submit(failed)
    cloud.batches.finish()
    cloud.poll()
    submitted(cloud, ["in/a.jsonl", "in/b.jsonl", "in/c.jsonl"])
    for job in list(cloud.batches.jobs.values())[1:]:
        twin = replace(job, name=f"{job.name}9")
        cloud.batches.jobs[twin.name] = twin
    hang(cloud, "batches.cancel")
    cloud.wait(cloud.settings.hold_max_seconds)

    tick(cloud)

    assert is_out(cloud, failed)
