"""How a drop ends, read off what its job came to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from shared.jobs import Job, JobError, JobState
from shared.service_words import publishable


class Outcome(StrEnum):
    """The message's type: what became of the drop, so far or for ever."""

    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    REJECTED = "rejected"
    # Ends nothing: the drop goes on.
    LATE = "late"


class Reason(StrEnum):
    """Why it is not completed; a rejected drop has a preflight code instead."""

    ROWS_WITHOUT_ANSWER = "rows_without_answer"
    JOB_PARTIALLY_SUCCEEDED = "job_partially_succeeded"
    JOB_FAILED = "job_failed"
    JOB_CANCELLED = "job_cancelled"
    JOB_EXPIRED = "job_expired"
    JOB_LOST = "job_lost"
    CREATE_REFUSED = "create_refused"


# For these a new drop of the same rows may well run: the service's own trouble,
# or its queue's (vertex facts, C3).
_MAY_PASS = {"DEADLINE_EXCEEDED", "INTERNAL", "RESOURCE_EXHAUSTED", "UNAVAILABLE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """
    Where the rows of a drop went; None is "not known".

    `blocked` and `truncated` rows are among Vertex's successes: only reading
    the results tells them apart.
    """

    rows: int
    succeeded: int | None = None
    failed: int | None = None
    blocked: int | None = None
    truncated: int | None = None
    missing: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What went wrong; `retryable`: dropping the same again may help."""

    code: str
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """All that the outcome of a drop says about it."""

    outcome: Outcome
    reason: str = ""
    counts: Counts | None = None
    fault: Fault | None = None
    job: Job | None = None


def ending_of(job: Job, *, rows: int) -> Ending:
    """
    Return how a drop of `rows` rows ends whose job is final.

    A SUCCEEDED job with failed or missing rows is partial: the state alone is
    not believed.
    """
    counts = _counts(job, rows)
    match job.state:
        case JobState.SUCCEEDED:
            short = counts and ((counts.failed or 0) + (counts.missing or 0) > 0)
            return Ending(
                outcome=Outcome.PARTIAL if short else Outcome.COMPLETED,
                reason=Reason.ROWS_WITHOUT_ANSWER if short else "",
                counts=counts,
                job=job,
            )
        case JobState.PARTIALLY_SUCCEEDED:
            return Ending(
                outcome=Outcome.PARTIAL,
                reason=Reason.JOB_PARTIALLY_SUCCEEDED,
                counts=counts,
                fault=_fault(job.error) if job.error else None,
                job=job,
            )
        case JobState.FAILED:
            return _failed(job, Reason.JOB_FAILED, counts, "Vertex AI gave no reason")
        case JobState.CANCELLED:
            return _failed(job, Reason.JOB_CANCELLED, counts, "the job was cancelled")
        case JobState.EXPIRED:
            said = "the job waited too long for capacity"
            return _failed(job, Reason.JOB_EXPIRED, counts, said, may_pass=True)
        case (
            JobState.QUEUED
            | JobState.PENDING
            | JobState.RUNNING
            | JobState.CANCELLING
            | JobState.PAUSED
            | JobState.UPDATING
            | JobState.UNKNOWN
        ):
            raise ValueError(f"job {job.name} has not ended: {job.state}")
        case _:
            assert_never(job.state)


def _counts(job: Job, rows: int) -> Counts | None:
    if job.stats is None:
        return None
    done = job.stats.successful + job.stats.failed
    return Counts(
        rows=rows,
        succeeded=job.stats.successful,
        failed=job.stats.failed,
        missing=max(rows - done, 0),
    )


def _failed(
    job: Job,
    reason: Reason,
    counts: Counts | None,
    otherwise: str,
    *,
    may_pass: bool = False,
) -> Ending:
    error = job.error or JobError(code="UNKNOWN", message=otherwise)
    fault = _fault(error)
    if may_pass:
        fault = Fault(code=fault.code, message=fault.message, retryable=True)
    return Ending(
        outcome=Outcome.FAILED, reason=reason, counts=counts, fault=fault, job=job
    )


def _fault(error: JobError) -> Fault:
    said = publishable(error)
    return Fault(code=said.code, message=said.message, retryable=said.code in _MAY_PASS)
