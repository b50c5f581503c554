"""
What the simulator knows of one job. Values, frozen: every step makes a new one.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from localcloud.vertex.jobs.scripts import JobError, Script
from localcloud.vertex.jobs.times import rfc3339


class State(StrEnum):
    """
    The states of a job that a client sees (google.cloud.aiplatform.v1.JobState).
    """

    QUEUED = "JOB_STATE_QUEUED"
    PENDING = "JOB_STATE_PENDING"
    RUNNING = "JOB_STATE_RUNNING"
    SUCCEEDED = "JOB_STATE_SUCCEEDED"
    FAILED = "JOB_STATE_FAILED"
    CANCELLING = "JOB_STATE_CANCELLING"
    CANCELLED = "JOB_STATE_CANCELLED"
    PAUSED = "JOB_STATE_PAUSED"
    EXPIRED = "JOB_STATE_EXPIRED"
    UPDATING = "JOB_STATE_UPDATING"
    PARTIALLY_SUCCEEDED = "JOB_STATE_PARTIALLY_SUCCEEDED"


TERMINAL = frozenset(
    {
        State.SUCCEEDED,
        State.FAILED,
        State.CANCELLED,
        State.EXPIRED,
        State.PARTIALLY_SUCCEEDED,
    }
)


class Phase(StrEnum):
    """
    What the simulator is doing for a job, whatever state it shows.
    """

    WAITING = "waiting"
    IMPORTING = "importing"
    RUNNING = "running"
    CANCELLING = "cancelling"
    EXPORTING = "exporting"
    STUCK = "stuck"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """
    Rows by outcome.
    """

    successful: int
    failed: int
    incomplete: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    One batch prediction job. Times are microseconds since 1970, UTC.
    """

    id: str
    project: str
    """
    The project's number.
    """
    location: str
    spec: dict[str, Any]
    """
    What the client set, in canonical JSON: displayName, model, labels, …
    """
    create_time: int
    update_time: int
    due: int | None
    """
    When to look at the job again, if nothing else happens.
    """
    state: str = State.PENDING
    phase: Phase = Phase.WAITING
    start_time: int | None = None
    end_time: int | None = None
    running_until: int | None = None
    """
    When a RUNNING job will have shown all its rows.
    """
    rows: int | None = None
    all_rows_done: bool = False
    export_rows: int | None = None
    """
    How many rows are to be written, once that is settled.
    """
    final_state: str | None = None
    error: JobError | None = None
    output_directory: str | None = None
    counts: Counts | None = None
    script: Script = field(default_factory=Script)
    stuck_since: int | None = None
    next_part: int | None = None
    """
    When the rows done so far are written to a file of their own.
    """
    parts: int = 0
    """
    How many such files were begun; the last one has `part_rows` as its last row.
    """
    parts_over: int = 0
    part_first: int = 0
    part_rows: int = 0

    @property
    def parent(self) -> str:
        return f"projects/{self.project}/locations/{self.location}"

    @property
    def name(self) -> str:
        return f"{self.parent}/batchPredictionJobs/{self.id}"

    @property
    def ended(self) -> bool:
        return self.phase is Phase.ENDED

    @property
    def output_prefix(self) -> str:
        """
        The folder that this job writes to, without a last slash.
        """
        prefix: str = self.spec["outputConfig"]["gcsDestination"]["outputUriPrefix"]
        return f"{prefix.rstrip('/')}/prediction-model-{rfc3339(self.create_time)}"
