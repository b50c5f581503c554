"""A drop so old that its record may have been deleted is never billed again."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.drops import Drop
from shared.errors import CreateHeldError, EventError, RefusedError
from shared.ledger import record_name
from tests.fakes import FakeCloud
from tests.moments import fail_every, record, requeue

KEPT = 400 * 86_400


def aged(cloud: FakeCloud) -> None:
    """Let records go by the bucket's rule: it counts from a custom time, if any."""
    cloud.wait(KEPT + 1)
    for name in cloud.objects.names("state"):
        counted_from = cloud.objects.custom_time("state", name)
        if counted_from and cloud.now() - counted_from >= timedelta(seconds=KEPT):
            cloud.objects.remove("state", name)


def billed(cloud: FakeCloud) -> Drop:
    """A drop that was billed, long ago: nobody knows of it any more."""
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.until_quiet()
    aged(cloud)
    assert not cloud.ledger().knows(drop.drop_id)
    return drop


def an_event_comes_again(cloud: FakeCloud, drop: Drop) -> None:
    with pytest.raises(EventError, match=f"{drop.drop_id} is older than records"):
        cloud.submit(drop)


def somebody_looks_at_the_inbox(cloud: FakeCloud, drop: Drop) -> None:
    cloud.look_at_inbox()


def its_marker_is_there_again(cloud: FakeCloud, drop: Drop) -> None:
    route = cloud.settings.routes.match(drop.name)
    assert route
    cloud.markers().mark(drop, route)
    cloud.poll()


@pytest.mark.parametrize(
    "happens",
    [an_event_comes_again, somebody_looks_at_the_inbox, its_marker_is_there_again],
)
def test_an_old_file_whose_record_has_aged_out_is_never_billed_again(
    happens: Callable[[FakeCloud, Drop], None],
) -> None:
    cloud = FakeCloud()
    drop = billed(cloud)

    happens(cloud, drop)
    cloud.poll()

    assert len(cloud.batches.requests) == 1
    assert len(cloud.announcements.published) == 1
    assert not cloud.ledger().knows(drop.drop_id)


def test_the_window_ends_before_records_do() -> None:
    """Whatever may be looked for, its record is there if it ever was."""
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.until_quiet()
    cloud.wait(cloud.settings.backstop_window_seconds)

    cloud.look_at_inbox()

    assert cloud.settings.backstop_window_seconds < cloud.settings.records_kept_seconds
    assert len(cloud.batches.requests) == 1


def test_a_drop_just_young_enough_is_claimed() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.wait(KEPT - 1)

    cloud.submit(drop)

    assert len(cloud.batches.requests) == 1


def submitted(cloud: FakeCloud) -> Drop:
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.finish()
    return drop


def held(cloud: FakeCloud) -> Drop:
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "no")
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.answer = None
    return drop


def set_aside(cloud: FakeCloud) -> Drop:
    drop = submitted(cloud)
    fail_every(cloud, "batches.get", RefusedError("400"))
    for _ in range(cloud.settings.set_aside_tries):
        cloud.poll()
        cloud.wait(cloud.settings.hold_max_seconds + 1)
    cloud.faults.on_call = lambda _: None
    assert record(cloud, drop.drop_id).state == "set_aside"
    return drop


@pytest.mark.parametrize("left", [submitted, held, set_aside])
def test_a_drop_that_is_open_for_longer_than_records_are_kept_ends(
    left: Callable[[FakeCloud], Drop],
) -> None:
    """Nobody wrote its record on for a year; once somebody acts, it ends."""
    cloud = FakeCloud()
    drop = left(cloud)
    aged(cloud)

    if left is set_aside:
        requeue(cloud, drop.drop_id)
    cloud.until_quiet()

    assert record(cloud, drop.drop_id).state == "published"
    assert len(cloud.batches.jobs) == 1
    aged(cloud)
    assert not cloud.ledger().knows(drop.drop_id)


@pytest.mark.parametrize("is_missing", [False, True])
@pytest.mark.parametrize("seconds", [60, KEPT + 1])
def test_a_record_that_vanishes_under_an_open_drop_is_told_of_again_and_again(
    seconds: int, is_missing: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    No rule takes it, but whoever may delete it can: nobody can tell whether it was
    billed, so that it is left alone, marker and all.
    """
    cloud = FakeCloud()
    drop = submitted(cloud)
    if is_missing:
        cloud.batches.forget()
        cloud.poll()
    cloud.wait(seconds)
    cloud.objects.remove("state", record_name(drop.drop_id))
    capsys.readouterr()

    cloud.poll()
    cloud.poll()
    cloud.wait(cloud.settings.hold_max_seconds + 1)
    cloud.poll()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    failed = [line for line in lines if line["event"] == "drive_failed"]
    assert [line["error"] for line in failed] == ["RecordError", "RecordError"]
    assert {line["drop_id"] for line in failed} == {drop.drop_id}
    assert len(cloud.open()) == 1
    assert len(cloud.batches.requests) == 1
