"""Quotas that there are not, and creates that are never answered: who waits for it."""

import json

from shared.errors import CreateUnknownError
from shared.records import State
from tests.fake_services import ACTIVE
from tests.fakes import FakeCloud
from tests.moments import polled_for, record, requeue
from tests.unit.heads import (
    ON,
    created,
    fail,
    held,
    is_set_aside,
    refuse,
)

DAY = 86_400


def test_a_head_whose_location_has_no_quota_at_all_holds_its_route_for_a_while() -> (
    None
):
    """Its route was moved since; the head's own location is frozen."""
    cloud, ids = held(3)
    cloud.batches.on_create = refuse(ids[:1], "RESOURCE_EXHAUSTED")

    tries = 0
    for _ in range(120):
        cloud.wait(60)
        cloud.poll()
        if not created(cloud):
            tries = record(cloud, ids[0]).hold_tries

    assert tries == 8
    assert created(cloud) == ids[1:]


def test_heads_of_a_route_that_was_moved_hold_nothing_behind_them() -> None:
    """There is no quota where they are to run; it was moved away from there."""
    cloud, old = held(30)
    cloud.change(routes=ON.replace('"m"', '"m", "location": "global"'))
    cloud.batches.on_create = refuse(old, "RESOURCE_EXHAUSTED")
    new = [cloud.drop(name=f"in/new {number}.jsonl") for number in range(3)]
    for drop in new:
        cloud.submit(drop)

    for _ in range(60):
        cloud.wait(60)
        cloud.poll()

    assert sorted(created(cloud)) == sorted(drop.drop_id for drop in new)


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
    cloud.batches.on_create = refuse(ids[:-1], "RESOURCE_EXHAUSTED")

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
    cloud.batches.on_create = fail(ids[:10], CreateUnknownError("INTERNAL", "boom"))

    for _ in range(120):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == ids[10:]


def test_a_create_that_never_gets_an_answer_ends_in_an_operators_hands() -> None:
    """Not before it is late, as no outage lasts, and not for ever."""
    cloud, ids = held(1)
    cloud.batches.on_create = fail(ids, CreateUnknownError("INTERNAL", "boom"))

    for _ in range(4 * 24 * 12):
        cloud.wait(300)
        cloud.poll()

    reasons = [said["reason"] for _, said in cloud.announcements.published]
    assert reasons == ["queued_too_long", "set_aside"]
    assert record(cloud, ids[0]).state is State.SET_ASIDE

    cloud.batches.on_create = lambda _: None
    requeue(cloud, ids[0])
    cloud.until_quiet()

    assert created(cloud) == ids


def test_so_does_one_that_a_clock_far_ahead_has_claimed() -> None:
    """Its time in the queue counts from its drop, as what it is told of does."""
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "said")
    drop = cloud.drop()
    cloud.wait(30 * DAY)
    cloud.submit(drop)
    cloud.wait(-30 * DAY)

    polled_for(cloud, 74)

    assert is_set_aside(cloud, drop.drop_id)


def test_one_that_is_only_past_its_deadline_goes_on_being_tried() -> None:
    limits = '{"deadline_seconds": 60}'
    cloud = FakeCloud(routes=f'[{{"prefix": "in/", "model": "m", "limits": {limits}}}]')
    cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "said")
    drop = cloud.drop()
    cloud.submit(drop)

    polled_for(cloud, 71)

    assert not is_set_aside(cloud, drop.drop_id)


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


def test_a_create_that_was_refused_often_has_its_tries_without_an_answer_still() -> (
    None
):
    cloud, ids = held(1)
    cloud.batches.on_create = refuse(ids, "RESOURCE_EXHAUSTED")
    for _ in range(73 * 12):
        cloud.wait(300)
        cloud.poll()
    cloud.batches.on_create = fail(ids, CreateUnknownError("INTERNAL", "boom"))

    for _ in range(12):
        cloud.wait(300)
        cloud.poll()

    assert not is_set_aside(cloud, ids[0])
