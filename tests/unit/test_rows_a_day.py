"""How many rows a day a route may ask for: a hard cap."""

import json
from collections import Counter

import pytest

from shared.errors import ConflictError, CreateHeldError
from tests.fakes import ROW, START, FakeCloud
from tests.faults import Crash
from tests.moments import at_call, message, record
from tests.unit.capped import cloud_with, drop

_DAY = 86_400


def rows_by_day(cloud: FakeCloud) -> Counter[str]:
    """The rows that jobs were made for, by the day when they were."""
    asked: Counter[str] = Counter()
    for job, request in zip(
        cloud.batches.jobs.values(), cloud.batches.requests, strict=True
    ):
        name = request.input_uri.removeprefix("gs://work/")
        rows = cloud.objects.content("work", name).count(b"\n")
        asked[job.created_at.date().isoformat()] += rows
    return asked


def test_a_day_has_no_more_rows_than_its_cap_and_the_next_one_has_as_many() -> None:
    cloud = cloud_with(rows_per_day=10)

    drop(cloud, 6, 5, 4, 10)
    cloud.until_quiet(seconds=3600)

    assert sorted(rows_by_day(cloud).values()) == [6, 9, 10]
    # First in, first out: what would fit doesn't get in front of what does not.
    uris = [request.input_uri for request in cloud.batches.requests]
    assert len(uris) == len(set(uris)) == 4


def test_a_wait_for_the_next_day_is_no_try() -> None:
    cloud = cloud_with(rows_per_day=10)
    late = cloud.drop(ROW * 10, "in/late.jsonl")
    drop(cloud, 1)
    cloud.submit(late)

    for _ in range(20):
        cloud.poll()
        cloud.wait(60)

    entry = cloud.ledger().read(late.drop_id)
    assert entry
    assert (entry.record.hold_tries, entry.record.not_before) == (0, None)


def test_a_create_has_no_longer_than_any_other() -> None:
    """Midnight ends it sooner, and never later."""
    cloud = cloud_with(rows_per_day=10)
    drop(cloud, 1)
    (name,) = cloud.open()
    deadlines = []

    def look() -> None:
        said = record(cloud, name.rpartition("/")[2]).create_deadline
        assert said
        deadlines.append((said - cloud.now()).total_seconds())

    at_call(cloud, "batches.create", look)
    cloud.poll()

    assert deadlines == [cloud.settings.create_deadline_seconds]


def test_a_file_that_no_day_has_room_for_is_rejected() -> None:
    cloud = cloud_with(rows_per_day=10)

    drop(cloud, 11)
    cloud.until_quiet()

    assert message(cloud)["reason"] == "too_many_rows"


def test_rows_count_once_a_day_however_often_vertex_ai_says_not_now() -> None:
    cloud = cloud_with(rows_per_day=10)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    drop(cloud, 6, 4)
    for _ in range(10):
        cloud.poll()
        cloud.wait(600)
    cloud.batches.answer = None

    cloud.until_quiet(seconds=600)

    assert rows_by_day(cloud) == {START.date().isoformat(): 10}


def test_rows_that_another_route_counted_count_for_the_route_of_today() -> None:
    """A longer prefix is deployed while a drop is held, and has a cap of its own."""
    whole = {"prefix": "", "model": "m", "limits": {"rows_per_day": 10}}
    cloud = FakeCloud(routes=json.dumps([whole]))
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    drop(cloud, 6)
    cloud.poll()
    cloud.batches.answer = None

    cloud.change(routes=json.dumps([whole, {**whole, "prefix": "in/"}]))
    cloud.submit(cloud.drop(ROW * 6, "in/late.jsonl"))
    for _ in range(20):
        cloud.wait(60)
        cloud.poll()

    assert rows_by_day(cloud) == {START.date().isoformat(): 6}


def test_a_count_whose_answer_was_lost_counts_once() -> None:
    cloud = cloud_with(rows_per_day=10)
    drop(cloud, 10)

    def lose(called: str) -> None:
        if called == "objects.write state":
            number = len(cloud.faults.calls) - 1
            cloud.faults.fail_after[number] = lambda: ConflictError("412")
            cloud.faults.on_call = lambda _: None

    cloud.faults.on_call = lose
    cloud.poll()

    assert len(cloud.batches.requests) == 1


def test_what_a_later_clock_has_counted_is_not_forgotten() -> None:
    cloud = cloud_with(rows_per_day=10)
    notes = cloud.submission().holding.notes
    cloud.wait(_DAY)
    assert notes.count("in/", 10, most=10)
    cloud.wait(-_DAY)

    drop(cloud, 1)
    cloud.poll()

    assert cloud.batches.requests == []


@pytest.mark.parametrize("when", ["crash_before", "crash_after"])
def test_no_death_lets_a_day_have_more_rows(when: str) -> None:
    """Whichever call the tick dies on, over midnight and after it."""
    cloud = cloud_with(rows_per_day=10)
    drop(cloud, 6, 4, 6, 4)
    cloud.faults.calls.clear()
    cloud.poll()
    for number in range(len(cloud.faults.calls)):
        cloud = cloud_with(rows_per_day=10)
        drop(cloud, 6, 4, 6, 4)
        cloud.faults.calls.clear()
        setattr(cloud.faults, when, number)
        with pytest.raises(Crash):
            cloud.poll()
        cloud.faults.crash_before = cloud.faults.crash_after = None
        cloud.until_quiet(seconds=3000)

        assert max(rows_by_day(cloud).values()) <= 10, number
        assert sum(rows_by_day(cloud).values()) == 20, number
