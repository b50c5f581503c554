"""What stands first in a route's queue keeps nothing behind it from its job."""

import json
from datetime import datetime

import pytest

from shared.errors import CreateHeldError, ServiceError
from tests.fakes import FakeCloud
from tests.moments import fail_every, record
from tests.unit.heads import (
    OFF,
    ON,
    created,
    forbid,
    held,
    rewrite_by_newer_code,
)


def test_records_of_newer_code_at_the_head_keep_the_others_from_nothing() -> None:
    cloud, ids = held(4)
    rewrite_by_newer_code(cloud, ids[:2])

    for _ in range(5):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == ids[2:]


def test_three_of_them_do_not_even_wait_for_the_next_tick() -> None:
    """What makes no sense says nothing about a service that is away."""
    cloud, ids = held(4)
    rewrite_by_newer_code(cloud, ids[:3])

    cloud.poll()

    assert created(cloud) == ids[3:]


def test_the_record_says_whether_the_head_is_due_and_its_marker_is_told() -> None:
    """A slow poll may have written what was true before."""
    cloud, (drop_id,) = held(1)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.poll()
    cloud.batches.answer = None
    (marker,) = cloud.open()
    cloud.objects.annotate("state", marker, {"held-until": ""})

    cloud.poll()

    assert created(cloud) == []
    until = record(cloud, drop_id).not_before
    assert until
    said = cloud.objects.info("state", marker).metadata["held-until"]
    assert datetime.fromisoformat(said) == until


def test_what_was_never_asked_for_needs_no_list_of_jobs() -> None:
    cloud, ids = held(1)
    cloud.poll()
    cloud.change(routes=OFF)
    second = cloud.drop(name="in/second.jsonl")
    cloud.submit(second)
    cloud.change(routes=ON)
    fail_every(cloud, "batches.active", ServiceError("away"))

    cloud.poll()

    assert created(cloud) == [*ids, second.drop_id]


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


def test_a_drop_that_failed_once_gets_its_job_among_those_that_alwaysfail() -> None:
    cloud, ids = held(60)
    forbid(cloud, ids)
    for _ in range(60):
        cloud.wait(60)
        cloud.poll()
    forbid(cloud, ids[:-1])

    for _ in range(120):
        cloud.wait(60)
        cloud.poll()

    assert created(cloud) == ids[-1:]


def test_a_route_whose_drop_failed_once_has_its_share_of_a_cap() -> None:
    routes = [{"prefix": f"{name}/", "model": "m"} for name in ("busy", "once")]
    cloud = FakeCloud(routes=json.dumps(routes), jobs="1")
    once = cloud.drop(name="once/a.jsonl")
    cloud.submit(once)
    forbid(cloud, [once.drop_id])
    cloud.poll()
    cloud.batches.on_create = lambda _: None
    for number in range(30):
        cloud.submit(cloud.drop(name=f"busy/{number}.jsonl"))

    for _ in range(20):
        cloud.wait(60)
        cloud.poll()
        cloud.batches.finish()

    assert once.drop_id in created(cloud)
