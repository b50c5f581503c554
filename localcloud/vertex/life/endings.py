"""
How a job ends: the rows that are written, the counts, the error and the times.
"""

from dataclasses import replace

from localcloud.vertex.api.errors import Code
from localcloud.vertex.jobs.job import Job, Phase, State
from localcloud.vertex.jobs.scripts import JobError
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.life.progress import count_rows
from localcloud.vertex.life.steps import RowsDone, Step, Work

CANCELED = JobError(code=Code.CANCELLED, message="CANCELED")
SYSTEM_ERROR = JobError(
    code=Code.INTERNAL,
    message="System error. Please try this operation again.",
)
CUT_OFF = JobError(
    code=Code.DEADLINE_EXCEEDED,
    message="The job could not be completed within the time limit.",
)

_USUAL_ERRORS: dict[str, JobError] = {
    State.FAILED: SYSTEM_ERROR,
    State.CANCELLED: CANCELED,
}


def write_out(
    job: Job, shown: int, state: str, error: JobError | None, rows: RowsDone
) -> Job:
    """
    The job while the first so many rows are written, before it ends.
    """
    return replace(
        job,
        phase=Phase.EXPORTING,
        export_rows=shown,
        counts=count_rows(job, shown, rows),
        final_state=state,
        error=error,
        due=None,
    )


def end(job: Job, now: int, state: str, error: JobError | None, knobs: Knobs) -> Step:
    """
    The job in its last state, and the worker told to forget it.
    """
    # Documented for these three alone (`end_time` in batch_prediction_job.proto).
    dated = state in (State.SUCCEEDED, State.FAILED, State.CANCELLED)
    job = replace(
        job,
        state=state,
        phase=Phase.ENDED,
        error=error or _USUAL_ERRORS.get(state),
        update_time=now,
        end_time=now if dated or knobs.end_time_on_expired else None,
        due=None,
    )
    return Step(job=job, work=Work.FORGET)
