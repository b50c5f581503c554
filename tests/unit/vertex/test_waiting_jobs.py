"""
Jobs that wait for answers: they hold nothing that another job needs.
"""

import os
import time
from pathlib import Path
from typing import Any

from localcloud.vertex.answers.answer import answer
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.bench import Bench
from localcloud.vertex.rows.gcs.media import StoredMedia
from localcloud.vertex.rows.orders import Order, Told
from localcloud.vertex.rows.stages.run_rows import run_rows
from tests.unit.vertex.memory_storage import BUCKET, MemoryStorage
from tests.unit.vertex.row_pool import Pool, turns, work_of
from tests.unit.vertex.row_work import jsonl, text_row


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
