"""
What the simulator knows of one job. Values, frozen: every step makes a new one.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class State(StrEnum):
    """The states of a job that a client sees (google.cloud.aiplatform.v1.JobState)."""

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
    """What the simulator is doing for a job, whatever state it shows."""

    WAITING = "waiting"
    IMPORTING = "importing"
    RUNNING = "running"
    CANCELLING = "cancelling"
    EXPORTING = "exporting"
    STUCK = "stuck"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """A job's `error`: a google.rpc.Status."""

    code: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows by outcome."""

    successful: int
    failed: int
    incomplete: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """A share of the rows that does not get an answer, and what it gets instead."""

    share: float
    kind: str = "error"
    """`error`, `blocked`, `no_text`, `truncated` or `missing`."""
    code: int = 8
    message: str = "Resource exhausted. Please try again later."


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How a job is to go, if not as usual (`faults.py` says which job)."""

    state: str | None = None
    """The state to end or to stick in; any text, known or not."""
    after_share: float | None = None
    """Share of the running time after which it does; None: while PENDING."""
    error: JobError | None = None
    export: bool = True
    """Whether the rows done by then are written."""
    stuck: bool = False
    """Stay in `state` (PAUSED, PENDING, an unknown one) and do not end."""
    resume_after_seconds: float | None = None
    """When a stuck job goes on as if nothing had been; None: never."""
    ignore_cancel: bool = False
    """CANCELLING, and then it ends as if nobody had asked."""
    output_info: bool = True
    completion_stats: bool = True
    rows: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One batch prediction job. Times are microseconds since 1970, UTC."""

    id: str
    project: str
    """The project's number."""
    location: str
    spec: dict[str, Any]
    """What the client set, in canonical JSON: displayName, model, labels, …"""
    create_time: int
    update_time: int
    due: int | None
    """When to look at the job again, if nothing else happens."""
    state: str = State.PENDING
    phase: Phase = Phase.WAITING
    start_time: int | None = None
    end_time: int | None = None
    running_until: int | None = None
    """When a RUNNING job will have shown all its rows."""
    rows: int | None = None
    all_rows_done: bool = False
    export_rows: int | None = None
    """How many rows are to be written, once that is settled."""
    final_state: str | None = None
    error: JobError | None = None
    output_directory: str | None = None
    counts: Counts | None = None
    script: Script = field(default_factory=Script)
    stuck_since: int | None = None

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
        """The folder that this job writes to, without a last slash."""
        prefix: str = self.spec["outputConfig"]["gcsDestination"]["outputUriPrefix"]
        return f"{prefix.rstrip('/')}/prediction-model-{rfc3339(self.create_time)}"


def rfc3339(micros: int) -> str:
    """A time with microseconds, as it stands in the name of an output folder."""
    seconds, fraction = divmod(micros, 1_000_000)
    # datetime.fromtimestamp goes through a float and may lose a microsecond.
    moment = EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:06d}Z"


def json_time(micros: int) -> str:
    """A time as protobuf's JSON has it: no fraction, or 3 or 6 digits of one."""
    text = rfc3339(micros)
    if micros % 1_000_000 == 0:
        return text[:-8] + "Z"
    return text if micros % 1000 else text[:-4] + "Z"
