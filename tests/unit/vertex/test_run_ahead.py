"""
Rows that are asked several at once: their lines are those of rows asked one by one.
"""

import time
from pathlib import Path

import pytest

from localcloud.vertex.answers.answer import Asked, answer
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.jobs.scripts import RowFault
from localcloud.vertex.responders.concurrent import Concurrent
from tests.running_cloud import wait_until
from tests.unit.vertex.memory_storage import MemoryStorage
from tests.unit.vertex.row_pool import Pool, turns, work_of
from tests.unit.vertex.row_work import Json, RowWork, jsonl, text_row


def ran(work: RowWork, pool: Concurrent) -> list[Json]:
    for waits in turns(work, pool):
        if waits:
            pool.news.wait(1)
            pool.news.clear()
    return work.lines()


def without_times(lines: list[Json]) -> list[Json]:
    return [
        line
        | {"processed_time": ""}
        | {"response": {k: v for k, v in line["response"].items() if k != "createTime"}}
        for line in lines
    ]


def one_by_one(folder: Path, count: int) -> list[Json]:
    def respond(asked: Asked) -> Json:
        if asked.key == "boom":
            raise RowError("boom")
        return answer(asked)

    work = work_of(folder, count)
    work.ran(respond)
    return work.lines()


def test_the_output_is_that_of_rows_answered_one_by_one(
    tmp_path: Path, pool: Pool
) -> None:
    lines = ran(work_of(tmp_path / "ahead", 150), pool)

    assert without_times(lines) == without_times(one_by_one(tmp_path / "one", 150))
    (failed,) = (line for line in lines if line["status"])
    assert failed["key"] == "boom"
    assert sorted(pool.asked) == sorted(line["key"] for line in lines)


@pytest.mark.parametrize("after", [1, 30, 70])
def test_a_run_that_ended_early_goes_on_where_it_was(
    tmp_path: Path, pool: Pool, after: int
) -> None:
    work = work_of(tmp_path / "ahead", 100)
    stopped = turns(work, pool)
    while work.output.count() < after:
        next(stopped)
        time.sleep(0.001)
    stopped.close()  # type: ignore[attr-defined]  # a generator has it
    done = work.output.count()
    assert after <= done < 100

    lines = ran(work, pool)

    assert without_times(lines) == without_times(one_by_one(tmp_path / "one", 100))
    # Only what was asked and not yet written is asked again.
    assert len(pool.asked) <= 100 + 2 * pool.at_once


def test_only_a_few_rows_are_asked_ahead(tmp_path: Path, pool: Pool) -> None:
    pool.held.clear()
    going = turns(work_of(tmp_path, 100), pool)

    for _ in range(20):
        assert next(going) is True

    assert len(pool.asked) == 2 * pool.at_once
    pool.held.set()


def test_large_rows_are_asked_one_by_one(tmp_path: Path, pool: Pool) -> None:
    """Each is held in memory until it is answered."""
    rows = [text_row("x" * (9 << 20), key=n) for n in range(3)]
    work = RowWork(tmp_path, MemoryStorage({"in.jsonl": jsonl(*rows)}))
    work.imported()
    pool.held.clear()
    going = turns(work, pool)

    next(going)

    assert len(pool.asked) == 1
    pool.held.set()


def test_what_was_not_begun_is_taken_back(tmp_path: Path, pool: Pool) -> None:
    pool.held.clear()
    going = turns(work_of(tmp_path, 100), pool)
    next(going)
    wait_until(lambda: len(pool.begun) == pool.at_once)
    going.close()  # type: ignore[attr-defined]  # a generator has it
    pool.finish()

    assert len(pool.asked) == 2 * pool.at_once
    assert len(pool.begun) == pool.at_once


def test_rows_that_are_to_be_missing_are_not_asked(tmp_path: Path, pool: Pool) -> None:
    faults = (RowFault(share=0.5, kind="missing"),)
    work = work_of(tmp_path, 60, faults=faults)

    lines = ran(work, pool)

    assert 5 < len(lines) < 55
    assert len(pool.asked) == len(lines)
    assert work.output.count() == 60
