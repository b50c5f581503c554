"""
The words of a job's life: the work it gives to the worker, and one step of it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from localcloud.vertex.jobs.job import Job


class Work(StrEnum):
    """
    What the worker is asked to do for a job.
    """

    IMPORT = "import"
    RUN = "run"
    PART = "part"
    EXPORT = "export"
    STOP = "stop"
    FORGET = "forget"


class RowsDone(Protocol):
    """
    What the worker has written so far for one job.
    """

    def done(self) -> int:
        """
        How many rows have been answered.
        """

    def failed(self, rows: int) -> int:
        """
        How many of the first so many failed.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    A job after a step, and the work that begins with it.
    """

    job: Job
    work: Work | None = None


def micros(seconds: float) -> int:
    """
    Seconds as whole microseconds.
    """
    return int(seconds * 1_000_000)
