"""What stands first in a route's queue keeps nothing behind it from its job."""

import json
from collections.abc import Sequence

import pytest

from shared.errors import CreateHeldError
from shared.jobs import JobRequest
from tests.fakes import FakeCloud

_ON = json.dumps([{"prefix": "in/", "model": "m"}])
_OFF = _ON.replace("}", ', "enabled": false}')


def held(count: int) -> tuple[FakeCloud, list[str]]:
    """A cloud with so many drops in a queue, in order; the route is on again."""
    cloud = FakeCloud(routes=_OFF)
    ids = []
    for number in range(count):
        drop = cloud.drop(name=f"in/{number}.jsonl")
        cloud.submit(drop)
        ids.append(drop.drop_id)
        cloud.wait(1)
    cloud.change(routes=_ON)
    return cloud, ids


def created(cloud: FakeCloud) -> Sequence[str]:
    return [_drop_of(request) for request in cloud.batches.requests]


def _drop_of(request: JobRequest) -> str:
    return request.input_uri.split("/")[3]


def test_records_of_newer_code_at_the_head_keep_the_others_from_nothing() -> None:
    cloud, ids = held(4)
    for newer in ids[:2]:
        name = f"rec/{newer[:2]}/{newer}.json"
        said = json.loads(cloud.objects.content("state", name))
        cloud.objects.put("state", name, json.dumps({**said, "schema": 99}).encode())

    for _ in range(5):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == ids[2:]


def forbid(cloud: FakeCloud, drops: Sequence[str]) -> None:
    """Have Vertex AI forbid the jobs of these: their model, say."""

    def on_create(request: JobRequest) -> None:
        if _drop_of(request) in drops:
            raise CreateHeldError("PERMISSION_DENIED", "no grant")

    cloud.batches.on_create = on_create


@pytest.mark.parametrize("heads", [1, 3])
def test_heads_that_are_forbidden_keep_the_others_from_nothing(heads: int) -> None:
    cloud, ids = held(heads + 2)
    forbid(cloud, ids[:heads])

    for _ in range(10):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == ids[heads:]


def test_a_drop_that_comes_behind_one_that_is_forbidden_gets_its_job() -> None:
    cloud, ids = held(1)
    forbid(cloud, ids)
    cloud.poll()

    behind = cloud.drop(name="in/behind.jsonl")
    cloud.submit(behind)
    cloud.poll()

    assert created(cloud) == [behind.drop_id]
