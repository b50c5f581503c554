"""
How a job moves: from one phase to the next, by time, by its rows, or by a cancel.

Nothing here waits, reads a clock or touches a file. Each step takes the job, the
time and what the worker has done, and gives back the job after the step and the
work to begin. Whoever calls stores the job first and begins the work after, so
that a job is never ahead of its record.
"""

from dataclasses import dataclass, replace

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.job import TERMINAL, Job, Phase, State
from localcloud.vertex.jobs.scripts import JobError, Script
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.life.endings import (
    CANCELED,
    CUT_OFF,
    end,
    write_out,
)
from localcloud.vertex.life.moments import next_look, scripted_moment
from localcloud.vertex.life.parts import write_part
from localcloud.vertex.life.progress import count_rows, rows_shown
from localcloud.vertex.life.queue import waiting_state, waiting_turns
from localcloud.vertex.life.steps import RowsDone, Step, Work, micros
from localcloud.vertex.overrides import knobs_of_job
from localcloud.vertex.pace import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """
    The rules, for one pace and one setting of the knobs.
    """

    pace: Pace
    knobs: Knobs

    def knobs_of(self, job: Job) -> Knobs:
        """
        The knobs that hold for a job.
        """
        return knobs_of_job(self.knobs, job.script.knobs)

    def first_due(self, create_time: int, script: Script) -> int:
        """
        When a new job is looked at for the first time.
        """
        pending = self.pace.pending_seconds
        turns = waiting_turns(knobs_of_job(self.knobs, script.knobs))
        return create_time + micros(min(pending / turns, self.pace.queue_limit_seconds))

    def on_due(self, job: Job, now: int, rows: RowsDone) -> Step:
        """
        The job's time has come.
        """
        match job.phase:
            case Phase.WAITING:
                return self._waited(job, now)
            case Phase.STUCK:
                return self._unstuck(job, now)
            case Phase.RUNNING:
                return self._running(job, now, rows)
            case Phase.CANCELLING:
                return self._cancelled(job, now, rows)
            case _:
                return Step(job=replace(job, due=None))

    def on_imported(self, job: Job, now: int, row_count: int) -> Step:
        """
        The input is read, and so many rows are ready to run.
        """
        until = now + micros(self.pace.running(row_count))
        cancelling = job.state == State.CANCELLING
        job = replace(
            job,
            state=State.CANCELLING if cancelling else State.RUNNING,
            phase=Phase.RUNNING,
            start_time=now,
            update_time=now,
            rows=row_count,
            running_until=until,
            output_directory=job.output_prefix,
        )
        if self.knobs_of(job).incremental_files:
            job = replace(job, next_part=now + micros(self.pace.incremental_seconds))
        return Step(job=replace(job, due=next_look(job, self.pace)), work=Work.RUN)

    def on_failed(self, job: Job, now: int, error: JobError) -> Step:
        """
        The worker could not do its part.
        """
        return self._end(job, now, State.FAILED, error)

    def on_all_rows_done(self, job: Job, now: int, rows: RowsDone) -> Step:
        """
        The worker has answered every row; the job may have to look busy yet.
        """
        job = replace(job, all_rows_done=True)
        if job.phase is Phase.RUNNING:
            return self._running(job, now, rows)
        return Step(job=job)

    def on_part_over(self, job: Job) -> Step:
        """
        An incremental file is written, or could not be; the job goes on either way.
        """
        return Step(job=replace(job, parts_over=job.parts))

    def on_exported(self, job: Job, now: int) -> Step:
        return self._end(job, now, job.final_state or State.SUCCEEDED, job.error)

    def on_cancel(self, job: Job, now: int, rows: RowsDone) -> Step:
        """
        A client asks for the end. Best effort: the job may end another way.
        """
        twice = job.state == State.CANCELLING and self.knobs_of(job).cancel_twice_fails
        if job.state in TERMINAL or job.ended or twice:
            raise ApiError(
                Code.FAILED_PRECONDITION,
                f"Cannot cancel the BatchPredictionJob {job.name}: "
                f"it is in state {job.state}.",
            )
        cancelling = replace(job, state=State.CANCELLING, update_time=now)
        if job.script.ignore_cancel or job.phase in (
            Phase.EXPORTING,
            Phase.CANCELLING,
        ):
            return Step(job=cancelling)
        if job.start_time is None:
            cancelling = replace(cancelling, phase=Phase.CANCELLING, due=now)
            return Step(job=cancelling, work=Work.STOP)
        shown = rows_shown(job, now, rows.done())
        cancelling = replace(
            cancelling,
            phase=Phase.CANCELLING,
            due=now + micros(self.pace.cancelling_seconds),
            export_rows=shown,
            counts=count_rows(job, shown, rows),
        )
        return Step(job=cancelling, work=Work.STOP)

    def _waited(self, job: Job, now: int) -> Step:
        if now >= job.create_time + micros(self.pace.queue_limit_seconds):
            return self._end(job, now, State.EXPIRED, None)
        script = job.script
        if script.state is not None and script.after_share is None:
            if script.stuck:
                return self._stick(job, now)
            return self._end(job, now, script.state, script.error)
        ready = job.create_time + micros(self.pace.pending_seconds)
        if now < ready:
            limit = job.create_time + micros(self.pace.queue_limit_seconds)
            state, until = waiting_state(job, now, ready, self.knobs_of(job))
            return Step(
                job=replace(job, state=state, due=min(until, limit), update_time=now)
            )
        return Step(job=replace(job, phase=Phase.IMPORTING, due=None), work=Work.IMPORT)

    def _stick(self, job: Job, now: int) -> Step:
        waiting = job.script.state in (State.PENDING, State.QUEUED)
        due = (
            job.create_time + micros(self.pace.queue_limit_seconds)
            if waiting and job.start_time is None
            else None
        )
        if job.script.resume_after_seconds is not None:
            resume = now + micros(job.script.resume_after_seconds)
            due = resume if due is None else min(due, resume)
        return Step(
            job=replace(
                job,
                phase=Phase.STUCK,
                state=job.script.state or job.state,
                stuck_since=now,
                update_time=now,
                due=due,
            )
        )

    def _unstuck(self, job: Job, now: int) -> Step:
        since = job.stuck_since if job.stuck_since is not None else now
        script = replace(job.script, state=None, stuck=False)
        free = replace(job, script=script, stuck_since=None, update_time=now)
        if job.start_time is None or job.running_until is None:
            return self._waited(replace(free, phase=Phase.WAITING), now)
        # What stood still is not counted as running.
        free = replace(
            free,
            phase=Phase.RUNNING,
            state=State.RUNNING,
            running_until=job.running_until + now - since,
        )
        return Step(job=replace(free, due=next_look(free, self.pace)))

    def _running(self, job: Job, now: int, rows: RowsDone) -> Step:
        assert job.start_time is not None
        assert job.running_until is not None
        scripted = scripted_moment(job)
        script = job.script
        if script.state is not None and scripted is not None and now >= scripted:
            if script.stuck:
                return self._stick(job, now)
            return self._finish(job, now, rows, script.state, script.error)
        if job.all_rows_done and now >= job.running_until:
            failed = rows.failed(rows.done()) > 0
            state = self.knobs_of(job).some_failed_state if failed else State.SUCCEEDED
            return self._finish(job, now, rows, state, None)
        limit = job.start_time + micros(self.pace.run_limit_seconds)
        if now >= limit:
            cut_off = self.knobs_of(job).cut_off_state
            error = CUT_OFF if cut_off == State.FAILED.value else CANCELED
            if not self.knobs_of(job).cancelled_exports:
                return self._end(self._counted(job, now, rows), now, cut_off, error)
            return self._finish(job, now, rows, cut_off, error)
        if job.next_part is not None and now >= job.next_part:
            return write_part(job, now, rows, self.pace)
        # The time is over and the worker is not: wait for it, within the limit.
        late = min(limit, job.next_part or limit)
        due = late if now >= job.running_until else next_look(job, self.pace)
        return Step(job=replace(job, due=due))

    def _cancelled(self, job: Job, now: int, rows: RowsDone) -> Step:
        if not job.export_rows or not self.knobs_of(job).cancelled_exports:
            return self._end(job, now, State.CANCELLED, CANCELED)
        job = write_out(job, job.export_rows, State.CANCELLED, CANCELED, rows)
        return Step(job=job, work=Work.EXPORT)

    def _finish(
        self, job: Job, now: int, rows: RowsDone, state: str, error: JobError | None
    ) -> Step:
        """
        The rows are done, or done with: write what is there, then end.
        """
        shown = rows_shown(job, now, rows.done())
        job = write_out(job, shown, state, error, rows)
        if not shown or not job.script.export:
            return self._end(job, now, state, error)
        return Step(job=job, work=Work.EXPORT)

    def _counted(self, job: Job, now: int, rows: RowsDone) -> Job:
        shown = rows_shown(job, now, rows.done())
        return replace(job, counts=count_rows(job, shown, rows))

    def _end(self, job: Job, now: int, state: str, error: JobError | None) -> Step:
        return end(job, now, state, error, self.knobs_of(job))
