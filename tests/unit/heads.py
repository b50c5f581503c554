"""Drops that are held in a queue, and what Vertex AI answers to some of them."""

import json
from collections.abc import Callable, Sequence

from shared.errors import CreateHeldError
from shared.jobs import JobRequest
from shared.ledger import record_name
from shared.records import State
from tests.fakes import FakeCloud
from tests.moments import record

ON = json.dumps([{"prefix": "in/", "model": "m"}])
OFF = ON.replace("}", ', "enabled": false}')


def held(count: int) -> tuple[FakeCloud, list[str]]:
    """A cloud with so many drops in a queue, in order; the route is on again."""
    cloud = FakeCloud(routes=OFF)
    ids = []
    for number in range(count):
        drop = cloud.drop(name=f"in/{number}.jsonl")
        cloud.submit(drop)
        ids.append(drop.drop_id)
        cloud.wait(1)
    cloud.change(routes=ON)
    return cloud, ids


def rewrite_by_newer_code(cloud: FakeCloud, drops: Sequence[str]) -> None:
    """Have the records of these be of a schema that this code does not know."""
    for drop_id in drops:
        name = record_name(drop_id)
        said = json.loads(cloud.objects.content("state", name))
        cloud.objects.put("state", name, json.dumps({**said, "schema": 99}).encode())


def created(cloud: FakeCloud) -> Sequence[str]:
    return [drop_of(request) for request in cloud.batches.requests]


def drop_of(request: JobRequest) -> str:
    return request.input_uri.split("/")[3]


def forbid(cloud: FakeCloud, drops: Sequence[str]) -> None:
    """Have Vertex AI forbid the jobs of these: their model, say."""

    cloud.batches.on_create = refuse(drops, "PERMISSION_DENIED")


def refuse(drops: Sequence[str], code: str) -> Callable[[JobRequest], None]:
    return fail(drops, CreateHeldError(code, "no"))


def fail(drops: Sequence[str], error: Exception) -> Callable[[JobRequest], None]:
    def on_create(request: JobRequest) -> None:
        if drop_of(request) in drops:
            raise error

    return on_create


def is_set_aside(cloud: FakeCloud, drop_id: str) -> bool:
    return record(cloud, drop_id).state is State.SET_ASIDE
