"""
The stage of all plays: a simulator, the calls on it, and a job on its way.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.projects import project_number
from localcloud.vertex.api.calls import Calls
from localcloud.vertex.api.errors import ApiError
from tests.everybody import allow_all
from tests.unit.faults.played import Plays
from tests.unit.vertex.job_world import PARENT, World, asked

Json = dict[str, Any]

plays = Plays()

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING, RUNNING = 90.0, 110.0


def calls(world: World) -> Calls:
    return Calls(
        world.service,
        world.faults,
        authorize=allow_all,
        number=project_number,
        token_required=False,
    )


def create(world: World) -> Json:
    return asyncio.run(calls(world).create(PARENT, asked(), None))


def made(world: World) -> int:
    return len(world.listed().get("batchPredictionJobs", []))


def refused(create: Callable[[], Any]) -> ApiError:
    with pytest.raises(ApiError) as raised:
        create()
    return raised.value


def ended(world: World, seconds: float = 1_000) -> Json:
    """
    A job that was accepted, some time later.
    """
    name = world.create()
    world.advance(seconds)
    return world.get(name)


def fails(world: World, code: int, text: str, *, ran: bool) -> tuple[Json, int]:
    """
    A job that FAILED, and how many rows it wrote.
    """
    job = ended(world)
    assert job["state"] == "JOB_STATE_FAILED"
    assert job["error"]["code"] == code
    assert text in job["error"]["message"]
    assert ("startTime" in job) == ran
    return job, len(world.written(job["name"]) or [])
