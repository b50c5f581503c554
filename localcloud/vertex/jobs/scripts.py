"""
How a job is to go, if not as usual.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """
    A job's `error`: a google.rpc.Status.
    """

    code: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """
    A share of the rows that does not get an answer, and what it gets instead.
    """

    share: float
    kind: str = "error"
    """
    `error`, `blocked`, `no_text`, `truncated` or `missing`.
    """
    code: int = 8
    message: str = "Resource exhausted. Please try again later."


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """
    How a job is to go, if not as usual (`faults.py` says which job).
    """

    state: str | None = None
    """
    The state to end or to stick in; any text, known or not.
    """
    after_share: float | None = None
    """
    Share of the running time after which it does; None: while PENDING.
    """
    error: JobError | None = None
    export: bool = True
    """
    Whether the rows done by then are written.
    """
    stuck: bool = False
    """
    Stay in `state` (PAUSED, PENDING, an unknown one) and do not end.
    """
    resume_after_seconds: float | None = None
    """
    When a stuck job goes on as if nothing had been; None: never.
    """
    ignore_cancel: bool = False
    """
    CANCELLING, and then it ends as if nobody had asked.
    """
    output_info: bool = True
    completion_stats: bool = True
    partial_failures: tuple[JobError, ...] = ()
    """
    The job's `partialFailures` once it has ended; the service shows 20 at most.
    """
    rows: tuple[RowFault, ...] = ()
    knobs: dict[str, Any] = field(default_factory=dict)
    """
    Knobs that are otherwise for this job, by name (`knobs.py` has them all).
    """
