"""A batch job: its states, its key, and what a create asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.drops import Drop
from shared.routes import Route


class JobState(StrEnum):
    """
    Vertex AI's states in our words. UNKNOWN is whatever name a newer service
    may send: never taken for an end.
    """

    QUEUED = "queued"
    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    EXPIRED = "expired"
    UPDATING = "updating"
    PARTIALLY_SUCCEEDED = "partially_succeeded"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """
        Whether a job in this state stays in it.

        Ours, since the SDKs' own sets disagree and poll for ever on EXPIRED or
        PARTIALLY_SUCCEEDED (docs/decisions/surprises.md).
        """
        return self in FINAL


FINAL = frozenset(
    {
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.EXPIRED,
        JobState.PARTIALLY_SUCCEEDED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKey:
    """What a job is for: the unit of one bill. Shards and attempts count from 0, 1."""

    drop_id: str
    shard: int = 0
    row_attempt: int = 1

    def __str__(self) -> str:
        return f"{self.drop_id}-{self.part}"

    @property
    def part(self) -> str:
        """The key's part within its drop, as in file and folder names."""
        return f"s{self.shard}a{self.row_attempt}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStats:
    """Rows of a job as Vertex AI counts them."""

    successful: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """The service's reason, as a canonical code name and its own text."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One batch job as the service last showed it."""

    name: str
    key: str
    state: JobState
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    output_directory: str = ""
    stats: JobStats | None = None
    error: JobError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """All that a create sends."""

    location: str
    model: str
    display_name: str
    labels: Mapping[str, str]
    input_uri: str
    output_uri_prefix: str


def is_same(name: str, other: str) -> bool:
    """Whether two names mean one job: the project in them is a number or an id."""
    # Ids are unique to Google.
    return name.rpartition("/")[2] == other.rpartition("/")[2]


def shown(name: str, jobs: Iterable[Job]) -> Job | None:
    """The job of that name, if it is among those that the service shows."""
    return next((job for job in jobs if is_same(job.name, name)), None)


# Labels by which our jobs are found again. Values are hexadecimal ids and the
# deployment's name: nothing of an uploader's reaches a label or a filter.
KEY_LABEL = "dropbatch_job_key"
DEPLOYMENT_LABEL = "dropbatch_deployment"


def work_name(key: JobKey) -> str:
    """The object in the work bucket that a job reads."""
    return f"{key.drop_id}/{key.part}.jsonl"


def output_uri(drop: Drop, route: Route, *, results_bucket: str) -> str:
    """The drop's own folder: the same for ever, whatever is put into it later."""
    return f"gs://{results_bucket}/{results_folder(drop, route)}"


def results_folder(drop: Drop, route: Route) -> str:
    """The name prefix of the drop's folder in the results bucket."""
    return f"{route.results_prefix}/{drop.drop_id}/"


def raw_folder(drop: Drop, route: Route, key: JobKey) -> str:
    """
    The name prefix under which Vertex writes a job's output.

    Unique to the job: two jobs made in one microsecond under one prefix would
    write into the same folder.
    """
    return f"{results_folder(drop, route)}raw/{key.part}/"


def job_request(
    drop: Drop,
    route: Route,
    key: JobKey,
    *,
    deployment: str,
    work_bucket: str,
    results_bucket: str,
) -> JobRequest:
    """The create call for a staged drop; a function of its arguments alone."""
    return JobRequest(
        location=route.location,
        model=route.model,
        display_name=f"{route.display_name} {key}",
        labels={
            **route.labels,
            DEPLOYMENT_LABEL: deployment,
            KEY_LABEL: str(key),
        },
        input_uri=f"gs://{work_bucket}/{work_name(key)}",
        output_uri_prefix=f"gs://{results_bucket}/{raw_folder(drop, route, key)}",
    )
