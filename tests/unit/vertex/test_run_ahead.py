"""
Rows that are asked several at once: their lines are those of rows asked one by one.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from localcloud.vertex.answers.answer import Asked, answer
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.jobs.scripts import RowFault
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.rows.bench import Bench
from localcloud.vertex.rows.gcs.media import StoredMedia
from localcloud.vertex.rows.orders import Order, Told
from localcloud.vertex.rows.stages.run_rows import run_rows
from tests.running_cloud import wait_until
from tests.unit.vertex.memory_storage import BUCKET, MemoryStorage
from tests.unit.vertex.row_work import Json, RowWork, jsonl, text_row


class Pool(Concurrent):
    """
    Answers in threads, after a moment that is longer or shorter; row "boom" fails.
    """

    def __init__(self, at_once: int = 4, seconds: float = 0.002) -> None:
        super().__init__(at_once)
        self._threads = ThreadPoolExecutor(at_once)
        self._random = random.Random(7)
        self._seconds = seconds
        self.asked: list[Any] = []
        self.begun: list[Any] = []
        self.held = threading.Event()
        self.held.set()

    def _begin(self, asked: Asked) -> "Future[Json]":
        wait = self._random.uniform(0, self._seconds)
        self.asked.append(asked.key)
        return self._threads.submit(self._answer, asked, wait)

    def _answer(self, asked: Asked, wait: float) -> Json:
        self.begun.append(asked.key)
        self.held.wait(20)
        time.sleep(wait)
        if asked.key == "boom":
            raise RowError("boom")
        return answer(asked)

    def finish(self) -> None:
        """
        Answer all that nobody has taken back.
        """
        self.held.set()
        self._threads.shutdown()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.finish()


def work_of(folder: Path, count: int, **more: Any) -> RowWork:
    rows = [text_row(f"Text {n}", key=f"k{n}") for n in range(count)]
    rows[count // 2]["key"] = "boom"
    work = RowWork(folder, MemoryStorage({"in.jsonl": jsonl(*rows)}), **more)
    work.imported()
    return work


def turns(work: RowWork, pool: Concurrent) -> Iterator[bool | None]:
    media = StoredMedia(work.storage, work.order.project)
    return run_rows(
        *(work.order, work.folder, media, pool, work.knobs), slice_seconds=0
    )


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


def test_jobs_that_wait_for_their_turn_keep_no_file_open(
    tmp_path: Path, pool: Pool
) -> None:
    """Hundreds may be under way in a process that may open 256 files."""
    pool.held.clear()
    waiting = [turns(work_of(tmp_path / str(n), 10), pool) for n in range(20)]
    work = work_of(tmp_path / "at once", 100)
    media = StoredMedia(work.storage, work.order.project)
    resting = run_rows(
        *(work.order, work.folder, media, answer, work.knobs), slice_seconds=0
    )
    before = len(os.listdir("/dev/fd"))

    assert all(next(each) is True for each in waiting)
    assert next(resting) is False

    assert len(os.listdir("/dev/fd")) == before
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


def test_a_job_that_waits_keeps_no_other_from_its_turn(
    tmp_path: Path, pool: Pool
) -> None:
    content = jsonl(*(text_row(f"Text {n}") for n in range(10)))
    storage = MemoryStorage({"in.jsonl": content})
    bench = Bench(tmp_path, storage, Knobs(), pool, media=storage)

    def order(work: Any, job: str) -> Order:
        return Order(
            work=work,
            job=job,
            input_uris=(f"gs://{BUCKET}/in.jsonl",),
            output_uri=f"gs://{BUCKET}/out.jsonl",
            model="publishers/google/models/gemini-2.5-flash",
        )

    def next_told() -> Told:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            told = bench.turn()
            if told is not None:
                return told
            bench.rest()
        raise AssertionError("nothing was told")

    bench.take(order("import", "1"))
    assert next_told().rows == 10
    pool.held.clear()
    bench.take(order("run", "1"))
    bench.turn()
    bench.take(order("import", "2"))

    assert (told := next_told()).job == "2", told
    pool.held.set()
    assert next_told() == Told(work="run", job="1", rows=10)


def test_waiting_for_answers_takes_no_processor_time(
    tmp_path: Path, pool: Pool
) -> None:
    content = jsonl(*(text_row(f"Text {n}") for n in range(10)))
    storage = MemoryStorage({"in.jsonl": content})
    bench = Bench(tmp_path, storage, Knobs(), pool, media=storage)
    for job in ("1", "2"):
        bench.take(
            Order(
                work="import",
                job=job,
                input_uris=(f"gs://{BUCKET}/in.jsonl",),
                output_uri=f"gs://{BUCKET}/out.jsonl",
            )
        )
        while bench.turn() is None:
            pass
    pool.held.clear()
    bench.take(Order(work="run", job="1", model="m"))
    bench.take(Order(work="run", job="2", model="m"))

    looks = 0
    began = time.monotonic()
    while time.monotonic() < began + 0.5:
        bench.turn()
        bench.rest()
        looks += 1
    pool.held.set()

    # Two jobs are looked at, then there is a rest of a twentieth of a second.
    assert looks < 60
