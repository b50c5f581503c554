"""
How a create is answered.
"""

import asyncio

import pytest

from localcloud.faults.playing import CutConnectionError
from localcloud.vertex.api.errors import Code
from tests.hurried_loop import hurried
from tests.unit.vertex.job_world import PARENT, World, asked
from tests.unit.vertex.plays.stage import calls, create, made, plays, refused


def create_refused(
    world: World, code: Code, text: str, *, after_effect: bool = False
) -> None:
    error = refused(lambda: create(world))
    assert error.code is code
    assert text in error.message
    assert made(world) == after_effect


@plays.of("create-quota")
def _(world: World) -> None:
    create_refused(world, Code.RESOURCE_EXHAUSTED, "Quota exceeded")


@plays.of("create-unavailable")
def _(world: World) -> None:
    create_refused(world, Code.UNAVAILABLE, "unavailable")


@plays.of("create-lost-503")
def _(world: World) -> None:
    create_refused(world, Code.UNAVAILABLE, "unavailable", after_effect=True)


@plays.of("create-lost-504")
def _(world: World) -> None:
    create_refused(world, Code.DEADLINE_EXCEEDED, "Deadline", after_effect=True)


def create_cut(world: World) -> None:
    with pytest.raises(CutConnectionError):
        create(world)


@plays.of("create-lost-reset")
def _(world: World) -> None:
    create_cut(world)
    assert made(world) == 1


@plays.of("create-reset")
def _(world: World) -> None:
    create_cut(world)
    assert made(world) == 0


@plays.of("create-lost-timeout")
def _(world: World) -> None:
    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(115):
                await calls(world).create(PARENT, asked("given up"), None)
        assert made(world) == 1
        async with asyncio.timeout(300):
            await calls(world).create(PARENT, asked("waited for"), None)
        assert made(world) == 2

    hurried(impatient())


@plays.of("create-forbidden")
def _(world: World) -> None:
    create_refused(world, Code.PERMISSION_DENIED, "batchPredictionJobs.create' denied")


@plays.of("model-missing")
def _(world: World) -> None:
    create_refused(world, Code.NOT_FOUND, "The PublisherModel ")


@plays.of("model-not-in-region")
def _(world: World) -> None:
    create_refused(world, Code.NOT_FOUND, "MODEL_NOT_SUPPORTED_FOR_BATCH")


@plays.of("location-forbidden")
def _(world: World) -> None:
    create_refused(world, Code.FAILED_PRECONDITION, "")
