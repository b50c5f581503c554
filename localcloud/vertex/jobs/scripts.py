"""
How a job is to go, if not as usual.

What can't be is told by `check_script`, when a rule is made, and not by the types: a
job that an older version stored is read all the same.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from localcloud.google_codes import Code

RowKind = Literal["error", "blocked", "no_text", "truncated", "missing"]


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
    One of RowKind.
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
    partial_failures: tuple[JobError, ...] = ()
    """
    The job's `partialFailures` once it has ended; the service shows 20 at most.
    """
    rows: tuple[RowFault, ...] = ()
    knobs: dict[str, Any] = field(default_factory=dict)
    """
    Knobs that are otherwise for this job, by name (`knobs.py` has them all).
    """


def check_script(script: Script) -> None:
    """
    A ValueError names what in a script can't be, its knobs apart, and what could.
    """
    if script.after_share is not None:
        _check_share("script.after_share", script.after_share)
    seconds = script.resume_after_seconds
    if seconds is not None and not 0 <= seconds <= 1e9:
        raise ValueError(
            f"`script.resume_after_seconds` can't be {seconds:g}: it is from 0 to 1e9"
        )
    if script.error is not None:
        _check_code("script.error", script.error.code)
    for number, failure in enumerate(script.partial_failures):
        _check_code(f"script.partial_failures[{number}]", failure.code)
    for number, row in enumerate(script.rows):
        where = f"script.rows[{number}]"
        _check_share(f"{where}.share", row.share)
        _check_code(where, row.code)
        if row.kind not in get_args(RowKind):
            raise ValueError(
                f"`{where}.kind` can't be {row.kind!r}: use one of "
                + ", ".join(f"`{each}`" for each in get_args(RowKind))
            )


def _check_share(where: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"`{where}` can't be {share:g}: it is from 0 to 1")


def _check_code(where: str, code: int) -> None:
    if code not in Code.__members__.values():
        raise ValueError(
            f"`{where}.code` can't be {code}: it is a google.rpc.Code, from "
            f"{min(Code)} to {max(Code)}"
        )
