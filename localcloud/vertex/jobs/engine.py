"""
Moves all jobs: takes each step by the rules, writes it down, begins its work.
"""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from localcloud.vertex.jobs.alarm import Alarm
from localcloud.vertex.jobs.job import Counts, Job, Phase
from localcloud.vertex.jobs.scripts import JobError
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.life.lifecycle import Lifecycle
from localcloud.vertex.life.progress import count_rows, rows_shown
from localcloud.vertex.life.steps import Step, Work
from localcloud.vertex.rows.failures import system_error
from localcloud.vertex.rows.orders import Order, Told
from localcloud.vertex.rows.spool import Spool
from localcloud.vertex.rows.stages.run_rows import OUTPUT_SPOOL

_logger = logging.getLogger(__name__)

OUTPUT_FILE = "predictions.jsonl"

# What a worker has to be told of a job that it does not know yet.
_WORK_OF = {
    Phase.IMPORTING: Work.IMPORT,
    Phase.RUNNING: Work.RUN,
    Phase.EXPORTING: Work.EXPORT,
}


class OutputRows:
    """
    How far the worker is with the output of one job, read from its files.
    """

    def __init__(self, folder: Path) -> None:
        self._spool = Spool(folder, OUTPUT_SPOOL)

    def done(self) -> int:
        return self._spool.count()

    def failed(self, rows: int) -> int:
        return self._spool.failed(rows)


class Engine:
    """
    The jobs of one local cloud in motion.

    Each step is written down before its work begins. So after an end of any
    kind, work that was begun and not finished is begun again.
    """

    def __init__(
        self,
        *,
        store: Store,
        lifecycle: Lifecycle,
        folder: Path,
        now: Callable[[], int],
        send: Callable[[Order], None],
    ) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._folder = folder
        self._now = now
        self._send = send
        self.alarm = Alarm(now, self._due)

    def resume(self) -> None:
        """
        Take up every job where it was left.
        """
        alive = list(self._store.alive())
        self._sweep({job.id for job in alive})
        for job in alive:
            self._repeat(job)
            self.alarm.set(job.id, job.due)

    def repeat_orders(self) -> None:
        """
        Give the orders of all jobs to a worker that knows of none.
        """
        for job in self._store.alive():
            self._repeat(job)

    def give_up_on_rows(self) -> None:
        """
        Fail every job whose rows are being answered: one of them, nobody knows which,
        kills the worker (a responder that ends its process does).
        """
        failure = system_error()
        error = JobError(code=failure.code, message=failure.message)
        for job in list(self._store.alive()):
            if self._work_of(job) is Work.RUN:
                _logger.error("%s fails: rows end the worker", job.name)
                self._take(self._lifecycle.on_failed(job, self._now(), error))

    def add(self, job: Job) -> None:
        """
        Take on a new job.
        """
        self._store.add(job)
        self.alarm.set(job.id, job.due)

    def cancel(self, job: Job) -> None:
        """
        Begin to cancel, or raise what the service answers if it's too late.
        """
        self._take(self._lifecycle.on_cancel(job, self._now(), self._rows(job)))

    def forget_all(self) -> int:
        """
        Forget every job, whatever it is doing, and what is on disk of it; how many.
        """
        jobs = self._store.all_ids()
        for job_id in jobs:
            self._store.delete(job_id)
            self.alarm.set(job_id, None)
            self._send(Order(work="forget", job=job_id))
        return len(jobs)

    def counts(self, job: Job) -> Counts | None:
        """
        The rows of a running job by outcome, as far as they show.
        """
        if job.rows is None:
            return None
        rows = self._rows(job)
        return count_rows(job, rows_shown(job, self._now(), rows.done()), rows)

    def told(self, news: Told) -> None:
        """
        Hear what became of an order.
        """
        job = self._store.by_id(news.job)
        # News of work that a cancel, a limit or a deletion has overtaken.
        if job is not None and news.work == "part" and not job.ended:
            self._take(self._lifecycle.on_part_over(job))
            return
        if job is None or self._work_of(job) != news.work:
            return
        now = self._now()
        rules = self._lifecycle
        error = JobError(code=news.code, message=news.message) if news.code else None
        match news.work:
            case "import" if error is None:
                self._take(rules.on_imported(job, now, news.rows))
            case "run" if error is None:
                self._take(rules.on_all_rows_done(job, now, self._rows(job)))
            case "export" if error is None:
                self._take(rules.on_exported(job, now))
            case _:
                assert error is not None
                self._take(rules.on_failed(job, now, error))

    def _due(self, job_id: str) -> None:
        job = self._store.by_id(job_id)
        if job is None or job.ended:
            return
        try:
            self._take(self._lifecycle.on_due(job, self._now(), self._rows(job)))
        except Exception:
            # The timer serves all jobs and goes on.
            _logger.exception("job %s could not be moved", job.name)

    def _take(self, step: Step) -> None:
        self._store.put(step.job)
        self.alarm.set(step.job.id, step.job.due)
        self._begin(step.job, step.work)

    def _repeat(self, job: Job) -> None:
        self._begin(job, self._work_of(job))
        if job.parts_over < job.parts:
            self._begin(job, Work.PART)

    def _begin(self, job: Job, work: Work | None) -> None:
        if work is not None:
            self._send(_order(job, work, self._lifecycle.knobs_of(job)))

    def _work_of(self, job: Job) -> Work | None:
        if job.phase is Phase.RUNNING and job.all_rows_done:
            return None
        stuck_while_running = job.phase is Phase.STUCK and job.start_time is not None
        if stuck_while_running and not job.all_rows_done:
            return Work.RUN
        return _WORK_OF.get(job.phase)

    def _rows(self, job: Job) -> OutputRows:
        return OutputRows(self._folder / job.id)

    def _sweep(self, alive: set[str]) -> None:
        """
        Remove what an end left between a job's last record and its folder.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for entry in self._folder.iterdir():
            if entry.name not in alive:
                shutil.rmtree(entry, ignore_errors=True)


def _order(job: Job, work: Work, knobs: Knobs) -> Order:
    name = OUTPUT_FILE
    if work is Work.PART:
        name = knobs.incremental_name.replace("{number}", f"{job.parts:05d}")
    return Order(
        work=work.value,
        job=job.id,
        project=job.project,
        model=job.spec["model"],
        input_uris=tuple(job.spec["inputConfig"]["gcsSource"]["uris"]),
        output_uri=f"{job.output_prefix}/{name}",
        first=job.part_first if work is Work.PART else 0,
        rows=(job.part_rows if work is Work.PART else job.export_rows) or 0,
        row_faults=job.script.rows,
        knobs=job.script.knobs,
    )
