"""
How jobs are looked for.
"""

import asyncio

from localcloud.vertex.api.calls import ListQuery
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.api.protos import API_VERSIONS
from tests.unit.vertex.job_world import PARENT, World
from tests.unit.vertex.plays.stage import Json, calls, create, made, plays, refused


def listed(world: World) -> Json:
    query = ListQuery()
    return asyncio.run(calls(world).list(PARENT, query, API_VERSIONS["v1"], None))


@plays.of("list-lag")
def _(world: World) -> None:
    name = world.create()
    world.advance(59)
    assert listed(world) == {}
    world.advance(2)
    assert [job["name"] for job in listed(world)["batchPredictionJobs"]] == [name]


@plays.of("list-unavailable")
def _(world: World) -> None:
    assert refused(lambda: listed(world)).code is Code.UNAVAILABLE


def got(world: World) -> Json:
    return asyncio.run(calls(world).get(world.create(), None))


@plays.of("get-not-found")
def _(world: World) -> None:
    assert refused(lambda: got(world)).code is Code.NOT_FOUND
    assert made(world) == 1


@plays.of("reads-quota")
def _(world: World) -> None:
    assert refused(lambda: got(world)).code is Code.RESOURCE_EXHAUSTED
    assert refused(lambda: listed(world)).code is Code.RESOURCE_EXHAUSTED
    assert create(world)["state"] == "JOB_STATE_PENDING"


@plays.of("vertex-flaky")
def _(world: World) -> None:
    answers = []
    for _ in range(200):
        try:
            listed(world)
            answers.append(200)
        except ApiError as error:
            answers.append(error.http_status)
    assert set(answers) == {200, 503}
    assert 20 < answers.count(503) < 60
