"""How long what is tried again waits, and that nobody waits for anybody else."""

from datetime import datetime, timedelta

from shared.errors import CreateHeldError, ServiceError
from shared.jobs import Job
from shared.records import Times
from tests.fakes import START, FakeCloud
from tests.moments import record

NAMES = ("in/a.jsonl", "other/a.jsonl")
ROUTES = '[{"prefix": "in/", "model": "m"}, {"prefix": "other/", "model": "m"}]'


def held() -> tuple[FakeCloud, list[str]]:
    """Two drops of two routes, of which Vertex AI said not now at the same time."""
    cloud = FakeCloud(routes=ROUTES)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    drops = [cloud.drop(name=name) for name in NAMES]
    for drop in drops:
        cloud.submit(drop)
    return cloud, [drop.drop_id for drop in drops]


def untils(cloud: FakeCloud, ids: list[str]) -> list[datetime]:
    found = [record(cloud, drop_id).not_before for drop_id in ids]
    return [until for until in found if until]


def test_two_drops_that_are_held_at_once_do_not_come_back_at_once() -> None:
    cloud, ids = held()

    first, second = untils(cloud, ids)

    assert first != second
    longest = timedelta(seconds=cloud.settings.hold_min_seconds)
    for until in (first, second):
        assert longest / 2 <= until - cloud.now() <= longest


def test_two_drops_that_failed_at_once_are_not_tried_again_at_once() -> None:
    cloud = FakeCloud(routes=ROUTES)
    drops = [cloud.drop(name=name) for name in NAMES]
    for drop in drops:
        cloud.submit(drop)
    cloud.batches.finish()
    cloud.batches.get = away  # type: ignore[method-assign,assignment]  # a fault
    cloud.poll()

    first, second = (record(cloud, drop.drop_id).retry_at for drop in drops)

    assert first
    assert second
    assert first != second


def away(_: str) -> Job:
    raise ServiceError("503")


def test_nobody_alone_may_act_on_what_is_held() -> None:
    cloud, ids = held()

    assert [record(cloud, drop_id).lease_until for drop_id in ids] == [None, None]


def slow(name: str) -> Times:
    """A drop whose copy takes five seconds and whose create seven; its times."""
    cloud = FakeCloud()
    seconds = {"objects.copy work": 5, "batches.create": 7}
    cloud.faults.on_call = lambda called: cloud.wait(seconds.get(called, 0))
    drop = cloud.drop(name=name)
    cloud.submit(drop)
    return record(cloud, drop.drop_id).times


def test_the_record_says_when_a_drop_came_to_each_step() -> None:
    times = slow("in/a.jsonl")

    staged = START + timedelta(seconds=5)
    submitted = staged + timedelta(seconds=7)
    assert times == Times(claimed=START, staged=staged, submitted=submitted)


def test_the_record_of_what_is_held_says_when_it_was_staged() -> None:
    times = slow("off/a.jsonl")

    assert times == Times(claimed=START, staged=START + timedelta(seconds=5))
