"""
How a job is accepted and fails later, and which states it goes through.
"""

import asyncio
from typing import Any

from google.cloud.aiplatform_v1 import JobState

from localcloud.vertex.api.errors import Code
from localcloud.vertex.jobs.job import TERMINAL
from tests.unit.vertex.job_world import World
from tests.unit.vertex.plays.stage import (
    PENDING,
    RUNNING,
    calls,
    ended,
    fails,
    plays,
    refused,
)

QUEUE_HOURS = 72


@plays.of("import-failed")
def _(world: World) -> None:
    job, _ = fails(world, 3, "Failed to import data.", ran=False)
    assert "completionStats" not in job


@plays.of("results-not-writable")
def _(world: World) -> None:
    job, written = fails(world, 7, "storage.objects.create", ran=True)
    assert job["completionStats"] == {"successfulCount": "10"}
    assert written == 0


@plays.of("bucket-not-found")
def _(world: World) -> None:
    fails(world, 9, "Failed to get GCS bucket location", ran=False)


@plays.of("system-error")
def _(world: World) -> None:
    _, written = fails(world, 13, "System error.", ran=True)
    assert 0 < written < 10


@plays.of("export-failed")
def _(world: World) -> None:
    _, written = fails(world, 13, "Failed to export data.", ran=True)
    assert written == 0


def states(world: World, *seconds: float) -> list[str]:
    """
    The states of a job after each of these times.
    """
    name = world.create()
    found = []
    for each in seconds:
        world.advance(each)
        found.append(world.state(name))
    return found


@plays.of("queued-and-pending")
def _(world: World) -> None:
    seen = states(world, *[PENDING / 20] * 19, PENDING / 10, RUNNING)
    changes = [
        state
        for state, before in zip(seen, ["", *seen], strict=False)
        if state != before
    ]
    assert changes[:3] == ["PENDING", "QUEUED", "PENDING"]
    assert changes[-1] == "SUCCEEDED"


@plays.of("queue-stuck")
def _(world: World) -> None:
    almost = QUEUE_HOURS * 3600 - 10
    assert states(world, almost, 20) == ["PENDING", "EXPIRED"]


@plays.of("expired")
def _(world: World) -> None:
    assert states(world, PENDING * 0.9, PENDING * 0.2) == ["PENDING", "EXPIRED"]


@plays.of("cut-off-failed")
def _(world: World) -> None:
    _, written = fails(world, 4, "time limit", ran=True)
    assert 0 < written < 10


@plays.of("cut-off-cancelled")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_CANCELLED"
    assert job["error"] == {"code": 1, "message": "CANCELED"}
    assert 0 < len(world.written(job["name"]) or []) < 10


@plays.of("partially-succeeded")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] == "JOB_STATE_PARTIALLY_SUCCEEDED"
    assert 0 < len(world.written(job["name"]) or []) < 10


@plays.of("paused")
def _(world: World) -> None:
    seen = states(world, PENDING + RUNNING * 0.4, RUNNING, 30 * 24 * 3600)
    assert seen == ["RUNNING", "PAUSED", "PAUSED"]


@plays.of("paused-a-while")
def _(world: World) -> None:
    seen = states(world, PENDING + RUNNING * 0.52, 10, RUNNING * 0.5)
    assert seen == ["PAUSED", "RUNNING", "SUCCEEDED"]


@plays.of("unknown-state")
def _(world: World) -> None:
    seen = states(world, PENDING + RUNNING * 0.4, RUNNING, 30 * 24 * 3600)
    assert seen == ["RUNNING", "HIBERNATING", "HIBERNATING"]
    states_: Any = JobState
    known = {state.name for state in states_}
    assert "JOB_STATE_HIBERNATING" not in known


@plays.of("cancel-too-late")
def _(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING / 2)
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"
    assert len(world.written(name) or []) == 10


@plays.of("cancel-of-ended-job")
def _(world: World) -> None:
    job = ended(world)
    assert job["state"] in TERMINAL
    error = refused(lambda: world.cancel(job["name"]))
    assert (error.code, error.http_status) == (Code.FAILED_PRECONDITION, 400)


@plays.of("delete-of-active-job")
def _(world: World) -> None:
    name = world.create()
    error = refused(lambda: asyncio.run(calls(world).delete(name, None)))
    assert (error.code, error.http_status) == (Code.FAILED_PRECONDITION, 400)
    assert world.state(name) == "PENDING"
