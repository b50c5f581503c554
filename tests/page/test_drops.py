"""
Drops as the page lists them, from records that the pipeline's own ledger wrote.
"""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from localcloud.page.asked import Asked, GoneError
from localcloud.page.state.drops import Drops
from localcloud.pipeline.deployment import Deployment
from localcloud.storage.disk.drafts import Source
from localcloud.storage.disk.store import Store
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.job import Job
from localcloud.vertex.jobs.overview import Overview
from shared.drops import Drop
from shared.ledger import record_name
from shared.problems import Code as ProblemCode
from shared.problems import Problem
from shared.records import Checked, Frozen, Record, Report, State, Times
from shared.routes import Route

DEPLOYMENT = Deployment()
STATE = DEPLOYMENT.bucket("state")
NOW = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)


class NoJobs(Overview):
    """
    Vertex AI without a job.
    """

    def __init__(self) -> None:
        pass

    def find(self, job_id: str) -> Job:
        raise ApiError(Code.NOT_FOUND, job_id)


class FailingJobs(NoJobs):
    """
    Vertex AI at its worst.
    """

    def find(self, job_id: str) -> Job:
        raise ApiError(Code.INTERNAL, job_id)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    for name, settings in DEPLOYMENT.buckets.items():
        store.create_bucket_if_absent(name, DEPLOYMENT.project, settings)
    yield store
    store.close()


@pytest.fixture
def drops(store: Store) -> Drops:
    return Drops(store, NoJobs(), DEPLOYMENT)


def record(number: int, **changes: Any) -> Record:
    claimed = NOW + timedelta(seconds=number)
    return dataclasses.replace(
        Record(
            drop=Drop(
                bucket=DEPLOYMENT.bucket("inbox"),
                name=f"demo/{number}.jsonl",
                generation=number + 1,
                size=10,
                crc32c="",
                dropped_at=claimed - timedelta(seconds=1),
            ),
            route=Route(prefix="demo/", model="m", location="l", results_prefix="demo"),
            state=State.CLAIMED,
            owner="test",
            times=Times(claimed=claimed),
        ),
        **changes,
    )


def write(store: Store, *records: Record) -> None:
    for each in records:
        name = record_name(each.drop_id)
        store.insert_object(STATE, name, msgspec.json.encode(each))


def names(drops: Drops, **asked: str) -> list[str]:
    return [each["name"] for each in drops.page(Asked(asked))["drops"]]


def test_the_newest_drop_comes_first_whatever_its_record_is_called(
    store: Store, drops: Drops
) -> None:
    write(store, *(record(number) for number in (3, 1, 2)))

    assert names(drops) == ["demo/3.jsonl", "demo/2.jsonl", "demo/1.jsonl"]
    assert names(drops, limit="2", page="2") == ["demo/1.jsonl"]


def test_a_job_that_is_gone_is_left_out_and_any_other_error_is_not(
    store: Store, drops: Drops
) -> None:
    write(store, record(1, job_name="a/b"))

    assert drops.page(Asked({}))["drops"][0]["job"] is None
    with pytest.raises(ApiError):
        Drops(store, FailingJobs(), DEPLOYMENT).page(Asked({}))


def test_a_drop_moves_on_when_its_record_does(store: Store, drops: Drops) -> None:
    write(store, record(1), record(2))
    assert names(drops, state="open") == ["demo/2.jsonl", "demo/1.jsonl"]

    ended = Frozen(data="{}", attributes={"outcome": "partial", "reason": "why"})
    times = Times(claimed=NOW, published=NOW + timedelta(seconds=9))
    write(
        store,
        record(1, state=State.PUBLISHED, message=ended, message_id="m", times=times),
    )

    assert names(drops, state="open") == ["demo/2.jsonl"]
    assert names(drops, state="partial") == names(drops, state="ended")
    (shown,) = drops.page(Asked({"state": "ended"}))["drops"]
    assert (shown["outcome"], shown["reason"]) == ("partial", "why")
    assert shown["endedAt"] == "2026-07-01T12:00:09.000Z"
    assert dataclasses.astuple(drops.counts()) == (1, 1)


def test_a_record_that_this_code_cannot_read_is_shown_as_such(
    store: Store, drops: Drops
) -> None:
    write(store, record(1))
    store.insert_object(STATE, "rec/ab/abc.json", b'{"schema": 99}')

    shown = {each["id"]: each for each in drops.page(Asked({}))["drops"]}

    assert shown["abc"]["state"] == "unreadable"
    assert "99" in shown["abc"]["problem"]
    assert len(shown) == 2
    assert drops.one_drop(Asked({"id": "abc"}))["problem"]


def test_many_records_are_read_over_several_looks(store: Store) -> None:
    drops = Drops(store, NoJobs(), DEPLOYMENT, read_at_once=3)
    write(store, *(record(number) for number in range(5)))

    assert [drops.counts().open for _ in range(3)] == [3, 5, 5]


def test_only_what_was_written_since_is_read_again(store: Store, drops: Drops) -> None:
    write(store, record(1), record(2))
    names(drops)
    for path in store.contents.files():
        path.write_bytes(b"no record any more")
    write(store, record(3))

    assert names(drops) == ["demo/3.jsonl", "demo/2.jsonl", "demo/1.jsonl"]


def test_the_story_of_a_drop_is_told_in_order(store: Store, drops: Drops) -> None:
    problem = Problem(code=ProblemCode.NOT_JSON, message="mend it", line=7)
    told = record(
        1,
        state=State.HELD,
        checked=Checked(rows=1234),
        not_before=NOW,
        report=Report(problem_count=1, problems=(problem,)),
        times=Times(claimed=NOW, staged=NOW + timedelta(seconds=1)),
    )
    write(store, told)

    story = drops.one_drop(Asked({"id": told.drop_id}))

    assert [(each["step"], each["note"]) for each in story["steps"]] == [
        ("dropped", ""),
        ("claimed", ""),
        ("staged", "1,234 rows"),
        ("held", ""),
    ]
    assert story["problems"] == [{"code": "not_json", "line": 7, "message": "mend it"}]
    assert story["output"] == f"gs://dropbatch-local-results/demo/{told.drop_id}/"
    assert story["record"] in [
        each.name for each in store.overview.newer(STATE, "rec/", 0, 10)
    ]


def test_a_drop_whose_record_was_deleted_is_gone(store: Store, drops: Drops) -> None:
    written = record(1)
    write(store, written)
    names(drops)
    (stored,) = store.overview.newer(STATE, "rec/", 0, 10)
    store.objects.delete(Source(bucket=STATE, name=stored.name))

    with pytest.raises(GoneError):
        drops.one_drop(Asked({"id": written.drop_id}))
    assert names(drops) == []
