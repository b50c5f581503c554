"""Calls that hang for a minute: whose drop they are of waits, and nobody else."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.drops import Drop
from shared.errors import (
    CreateHeldError,
    CreateUnknownError,
    ForbiddenError,
    ServiceError,
)
from shared.jobs import JobRequest, JobState
from shared.records import State
from tests.fakes import FakeCloud
from tests.moments import fail_every, record, settled

_HANGS_SECONDS = 60
# What is asked of Vertex AI but the end of a job.
ALL = ("active", "find", "get", "create")


def hang(cloud: FakeCloud, *calls: str) -> None:
    """Have these calls take a minute, and fail."""

    def on_call(called: str) -> None:
        if called not in calls:
            return
        cloud.wait(_HANGS_SECONDS)
        if called == "batches.create":
            raise CreateUnknownError("DEADLINE_EXCEEDED", "no answer")
        raise ServiceError("no answer")

    cloud.faults.on_call = on_call


def hang_where(cloud: FakeCloud, is_away: Callable[[str], bool], *calls: str) -> None:
    """Have these calls of Vertex AI do so where a location, or a job, is away."""
    for name in calls:
        real = getattr(cloud.batches, name)

        def ask(what: Any, *more: str, real: Callable[..., Any] = real) -> Any:
            where = what.location if isinstance(what, JobRequest) else what
            if not is_away(where):
                return real(what, *more)
            cloud.wait(_HANGS_SECONDS)
            if isinstance(what, JobRequest):
                raise CreateUnknownError("DEADLINE_EXCEEDED", "no answer")
            raise ServiceError("no answer")

        setattr(cloud.batches, name, ask)


def tick(cloud: FakeCloud, times: int = 1) -> None:
    """One a minute, or as soon as the last is over."""
    for _ in range(times):
        begun = cloud.time
        cloud.poll()
        cloud.time = max(cloud.time, begun + timedelta(minutes=1))


def bad(cloud: FakeCloud, name: str) -> Drop:
    """A file that is rejected: nothing but a poll stands between it and its end."""
    drop = cloud.drop(b"{}\n", name=name)
    cloud.submit(drop)
    return drop


def is_out(cloud: FakeCloud, drop: Drop) -> bool:
    return record(cloud, drop.drop_id).state is State.PUBLISHED


def submitted(cloud: FakeCloud, names: Iterable[str]) -> None:
    """Events that come at the same time, to processes of their own."""
    for name in names:
        begun = cloud.time
        cloud.submit(cloud.drop(name=name))
        cloud.time = begun + timedelta(seconds=1)


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
