"""
The worker's bench: the jobs in hand, each given a short turn after the other.
"""

import shutil
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Generator, Iterator
from pathlib import Path

from localcloud.vertex.answers.answer import Responder
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.overrides import knobs_of_job
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.rows.failures import JobFailure, system_error
from localcloud.vertex.rows.gcs.media import StoredMedia
from localcloud.vertex.rows.gcs.storage_http import StorageHttp
from localcloud.vertex.rows.orders import Order, Told
from localcloud.vertex.rows.spool import Spool
from localcloud.vertex.rows.stages.export_rows import export_rows
from localcloud.vertex.rows.stages.import_rows import INPUT_SPOOL, import_rows
from localcloud.vertex.rows.stages.run_rows import OUTPUT_SPOOL, run_rows

_LONGEST_MESSAGE = 8_000

_REST_SECONDS = 0.05

# Each turn says whether it could do nothing but wait.
_Turns = Generator[bool | None, None, Told]


class Bench:
    """
    All work in progress. One thing a job: a new order ends the one before.
    """

    def __init__(
        self,
        data: Path,
        storage: StorageHttp,
        knobs: Knobs,
        respond: Responder | Concurrent,
        *,
        media: StorageHttp,
    ) -> None:
        self._data = data
        self._storage = storage
        self._knobs = knobs
        self._respond = respond
        # Media are read while rows are answered, in other threads.
        self._media = media
        self._media_lock = threading.Lock()
        self._waits_in_turn = 0
        self._turns: OrderedDict[str, _Turns] = OrderedDict()

    @property
    def idle(self) -> bool:
        return not self._turns

    def take(self, order: Order) -> None:
        """
        Put an order on the bench.
        """
        self._waits_in_turn = 0
        if order.work == "part":
            # It goes on beside the run, from whose rows it is.
            self._end(_part_of(order.job))
            self._turns[_part_of(order.job)] = self._export(order)
            return
        self._end(order.job)
        match order.work:
            case "import":
                self._turns[order.job] = self._import(order)
            case "run":
                self._turns[order.job] = self._run(order)
            case "export":
                self._turns[order.job] = self._export(order)
            case "forget":
                self._end(_part_of(order.job))
                shutil.rmtree(self._folder(order.job), ignore_errors=True)

    def turn(self) -> Told | None:
        """
        Work on the next job for a moment; what there is to tell, if it is done.
        """
        job, turns = self._turns.popitem(last=False)
        try:
            waits = next(turns)
        except StopIteration as done:
            told: Told = done.value
            self._waits_in_turn = 0
            return told
        self._turns[job] = turns
        self._waits_in_turn = self._waits_in_turn + 1 if waits else 0
        return None

    def rest(self) -> None:
        """
        Wait a moment if all that is in hand waits for answers.
        """
        if self._turns and self._waits_in_turn >= len(self._turns):
            assert isinstance(self._respond, Concurrent)
            self._respond.news.wait(_REST_SECONDS)
            self._respond.news.clear()
            self._waits_in_turn = 0

    def _folder(self, job: str) -> Path:
        return self._data / job

    def _import(self, order: Order) -> _Turns:
        folder = self._folder(order.job)
        knobs = knobs_of_job(self._knobs, order.knobs)
        work = import_rows(order, folder, self._storage, knobs)
        told = yield from _told(order, work)
        rows = Spool(folder, INPUT_SPOOL).count()
        return told or Told(work="import", job=order.job, rows=rows)

    def _run(self, order: Order) -> _Turns:
        folder = self._folder(order.job)
        media = StoredMedia(self._media, order.project, self._media_lock)
        knobs = knobs_of_job(self._knobs, order.knobs)
        work = run_rows(order, folder, media, self._respond, knobs)
        told = yield from _told(order, work)
        rows = Spool(folder, OUTPUT_SPOOL).count()
        return told or Told(work="run", job=order.job, rows=rows)

    def _export(self, order: Order) -> _Turns:
        assert order.work in ("part", "export")
        knobs = knobs_of_job(self._knobs, order.knobs)
        work = export_rows(order, self._folder(order.job), self._storage, knobs)
        told = yield from _told(order, work)
        return told or Told(work=order.work, job=order.job, rows=order.rows)

    def _end(self, key: str) -> None:
        going = self._turns.pop(key, None)
        if going is not None:
            going.close()


def _part_of(job: str) -> str:
    return f"{job}/part"


def _told(
    order: Order, work: Iterator[bool | None]
) -> Generator[bool | None, None, Told | None]:
    """
    Do the work; tell of its failure, if it fails.
    """
    try:
        yield from work
    except JobFailure as failure:
        return _failed(order, failure)
    except Exception:  # noqa: BLE001 (one job's bad luck must not end the others)
        traceback.print_exc(file=sys.stderr)
        return _failed(order, system_error())
    return None


def _failed(order: Order, failure: JobFailure) -> Told:
    assert order.work in ("import", "run", "part", "export")
    return Told(
        work=order.work,
        job=order.job,
        code=failure.code,
        # It may quote a name of any length.
        message=failure.message[:_LONGEST_MESSAGE],
    )
