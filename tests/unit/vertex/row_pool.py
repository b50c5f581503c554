"""
A responder that answers several rows at once, and jobs that are run with it.
"""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from localcloud.vertex.answers.answer import Asked, answer
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.rows.gcs.media import StoredMedia
from localcloud.vertex.rows.stages.run_rows import run_rows
from tests.unit.vertex.memory_storage import MemoryStorage
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
