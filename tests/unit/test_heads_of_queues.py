"""What stands first in a route's queue keeps nothing behind it from its job."""

import json
from collections.abc import Callable, Sequence

import pytest

from shared.errors import CreateHeldError, CreateUnknownError
from shared.jobs import JobRequest
from shared.records import State
from shared.setting_aside import put_back
from tests.fake_services import ACTIVE
from tests.fakes import FakeCloud
from tests.moments import record

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

    cloud.batches.on_create = _refuse(drops, "PERMISSION_DENIED")


def _refuse(drops: Sequence[str], code: str) -> Callable[[JobRequest], None]:
    return _fail(drops, CreateHeldError(code, "no"))


def _fail(drops: Sequence[str], error: Exception) -> Callable[[JobRequest], None]:
    def on_create(request: JobRequest) -> None:
        if _drop_of(request) in drops:
            raise error

    return on_create


@pytest.mark.parametrize("heads", [1, 3, 25, 60])
def test_heads_that_are_forbidden_keep_the_others_from_nothing(heads: int) -> None:
    cloud, ids = held(heads + 2)
    forbid(cloud, ids[:heads])

    for _ in range(10 + heads):
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


def test_a_head_whose_location_has_no_quota_at_all_holds_its_route_for_a_while() -> (
    None
):
    """Its route was moved since; the head's own location is frozen."""
    cloud, ids = held(3)
    cloud.batches.on_create = _refuse(ids[:1], "RESOURCE_EXHAUSTED")

    for _ in range(120):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == ids[1:]


def test_heads_of_a_route_that_was_moved_hold_nothing_behind_them() -> None:
    """There is no quota where they are to run; it was moved away from there."""
    cloud, old = held(30)
    cloud.change(routes=_ON.replace('"m"', '"m", "location": "global"'))
    cloud.batches.on_create = _refuse(old, "RESOURCE_EXHAUSTED")
    new = [cloud.drop(name=f"in/new {number}.jsonl") for number in range(3)]
    for drop in new:
        cloud.submit(drop)

    for _ in range(60):
        cloud.wait(60)
        cloud.poll()

    assert sorted(created(cloud)) == sorted(drop.drop_id for drop in new)


def test_a_hundred_heads_that_fail_again_leave_time_for_those_behind_them() -> None:
    cloud, ids = held(120)
    forbid(cloud, ids)
    for _ in range(80):
        cloud.wait(60)
        cloud.poll()
    good = cloud.drop(name="in/good.jsonl")
    cloud.submit(good)
    cloud.wait(cloud.settings.hold_max_seconds)
    cloud.faults.on_call = lambda _: cloud.wait(0.3)

    cloud.poll()

    assert created(cloud) == [good.drop_id]


def test_routes_that_have_no_quota_keep_the_others_from_nothing() -> None:
    names = [f"r{number}" for number in range(40)]
    routes = [{"prefix": f"{name}/", "model": "m"} for name in names]
    off = json.dumps([{**route, "enabled": False} for route in routes])
    cloud = FakeCloud(routes=off)
    ids = []
    for route in routes:
        drop = cloud.drop(name=f"{route['prefix']}x.jsonl")
        cloud.submit(drop)
        ids.append(drop.drop_id)
        cloud.wait(1)
    cloud.change(routes=json.dumps(routes))
    cloud.batches.on_create = _refuse(ids[:-1], "RESOURCE_EXHAUSTED")

    for _ in range(200):
        cloud.wait(60)
        cloud.poll()
    behind = [cloud.drop(name=f"r39/{number}.jsonl") for number in range(20)]
    for drop in behind:
        cloud.submit(drop)
    for _ in range(20):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == [ids[-1], *(drop.drop_id for drop in behind)]


def test_creates_that_never_get_an_answer_keep_the_others_from_nothing() -> None:
    cloud, ids = held(12)
    cloud.batches.on_create = _fail(ids[:10], CreateUnknownError("INTERNAL", "boom"))

    for _ in range(120):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == ids[10:]


def test_a_create_that_never_gets_an_answer_ends_in_an_operators_hands() -> None:
    """Not before it is late, as no outage lasts, and not for ever."""
    cloud, ids = held(1)
    cloud.batches.on_create = _fail(ids, CreateUnknownError("INTERNAL", "boom"))

    for _ in range(4 * 24 * 12):
        cloud.wait(300)
        cloud.poll()

    reasons = [said["reason"] for _, said in cloud.announcements.published]
    assert reasons == ["queued_too_long", "set_aside"]
    assert record(cloud, ids[0]).state is State.SET_ASIDE

    cloud.batches.on_create = lambda _: None
    put_back(cloud.ledger(), cloud.markers(), ids[0], now=cloud.now())
    cloud.until_quiet()

    assert created(cloud) == ids


def test_a_job_of_what_is_set_aside_that_comes_to_light_is_adopted() -> None:
    cloud, ids = held(1)
    cloud.batches.create_unknown_with_job = True
    while not is_set_aside(cloud, ids[0]):
        cloud.wait(600)
        cloud.poll()
        cloud.batches.hidden.update(cloud.batches.jobs)
    cloud.batches.hidden.clear()

    cloud.until_quiet()

    (last,) = (said for _, said in cloud.announcements.published[2:])
    assert last["outcome"] == "completed"
    running = [job for job in cloud.batches.jobs.values() if job.state in ACTIVE]
    assert running == []


def is_set_aside(cloud: FakeCloud, drop_id: str) -> bool:
    return record(cloud, drop_id).state is State.SET_ASIDE
