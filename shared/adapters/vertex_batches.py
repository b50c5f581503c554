"""Batches on google-cloud-aiplatform's JobServiceClient, over gRPC."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import grpc
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import (
    BadRequest,
    DeadlineExceeded,
    FailedPrecondition,
    Forbidden,
    GoogleAPICallError,
    GoogleAPIError,
    InternalServerError,
    NotFound,
    ResourceExhausted,
    ServiceUnavailable,
)
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError

from shared.adapters.job_service import job_service
from shared.create_errors import create_error
from shared.errors import ForbiddenError, MissingError, RefusedError, ServiceError
from shared.jobs import (
    DEPLOYMENT_LABEL,
    KEY_LABEL,
    Job,
    JobError,
    JobRequest,
    JobState,
    JobStats,
)
from shared.routes import GLOBAL

_JobServiceClient, _types = job_service()

# google.cloud.aiplatform.v1.JobState by number. A number that is not here is
# from a newer service.
STATES = {
    0: JobState.UNKNOWN,
    1: JobState.QUEUED,
    2: JobState.PENDING,
    3: JobState.RUNNING,
    4: JobState.SUCCEEDED,
    5: JobState.FAILED,
    6: JobState.CANCELLING,
    7: JobState.CANCELLED,
    8: JobState.PAUSED,
    9: JobState.EXPIRED,
    10: JobState.UPDATING,
    11: JobState.PARTIALLY_SUCCEEDED,
}
_ACTIVE = " OR ".join(
    f'state="JOB_STATE_{state.name}"'
    for state in STATES.values()
    if not state.is_final and state is not JobState.UNKNOWN
)
_PAGE = 100


class VertexBatches:
    """
    The port `Batches`. A regional resource is reached at its region's own
    endpoint, a global one at the service's (vertex facts, D1).
    """

    def __init__(
        self,
        *,
        project: str,
        deployment: str,
        create_timeout_seconds: float,
        call_timeout_seconds: float,
    ) -> None:
        self._project = project
        self._deployment = deployment
        self._create_timeout = create_timeout_seconds
        self._reading: dict[str, Any] = {
            "timeout": call_timeout_seconds,
            "retry": Retry(
                predicate=if_exception_type(
                    DeadlineExceeded,
                    InternalServerError,
                    ResourceExhausted,
                    ServiceUnavailable,
                ),
                initial=0.5,
                maximum=10,
                timeout=2 * call_timeout_seconds,
            ),
        }
        self._client: Callable[[str], Any] = cache(_client)

    def create(self, request: JobRequest) -> Job:
        job = _types.BatchPredictionJob(
            display_name=request.display_name,
            model=request.model,
            labels=dict(request.labels),
            input_config={
                "instances_format": "jsonl",
                "gcs_source": {"uris": [request.input_uri]},
            },
            output_config={
                "predictions_format": "jsonl",
                "gcs_destination": {"output_uri_prefix": request.output_uri_prefix},
            },
        )
        try:
            # One POST and never another: Vertex has no key that would make the
            # second one harmless.
            made = self._client(request.location).create_batch_prediction_job(
                parent=self._parent(request.location),
                batch_prediction_job=job,
                retry=None,
                timeout=self._create_timeout,
            )
        except GoogleAPICallError as error:
            status = error.grpc_status_code
            code = status.name if isinstance(status, grpc.StatusCode) else "UNKNOWN"
            raise create_error(code, str(error.message)) from error
        except (GoogleAPIError, GoogleAuthError, grpc.RpcError) as error:
            raise create_error("UNKNOWN", type(error).__name__) from error
        return _job(made)

    def get(self, name: str) -> Job:
        with _translated(name):
            client = self._client(_location(name))
            return _job(client.get_batch_prediction_job(name=name, **self._reading))

    def active(self, location: str) -> Iterator[Job]:
        ours = f'labels.{DEPLOYMENT_LABEL}="{self._deployment}"'
        mask = {"paths": ["name", "state", "labels", "create_time", "start_time"]}
        yield from self._list(location, f"{ours} AND ({_ACTIVE})", read_mask=mask)

    def find(self, location: str, key: str) -> list[Job]:
        # Whatever the deployment is called by now: what it doubts is one bill.
        found = self._list(location, f'labels.{KEY_LABEL}="{key}"')
        return sorted(found, key=lambda job: (job.created_at, job.name))

    def cancel(self, name: str) -> None:
        with _translated(name):
            client = self._client(_location(name))
            try:
                client.cancel_batch_prediction_job(name=name, **self._reading)
            except FailedPrecondition:
                # It has ended, or is being cancelled already.
                return

    def _list(self, location: str, wanted: str, **more: Any) -> Iterator[Job]:
        parent = self._parent(location)
        request = {"parent": parent, "filter": wanted, "page_size": _PAGE, **more}
        with _translated(parent):
            jobs = self._client(location).list_batch_prediction_jobs(
                request=request, **self._reading
            )
            for job in jobs:
                yield _job(job)

    def _parent(self, location: str) -> str:
        return f"projects/{self._project}/locations/{location}"


def _client(location: str) -> Any:
    host = "aiplatform.googleapis.com"
    if location != GLOBAL:
        host = f"{location}-{host}"
    return _JobServiceClient(client_options=ClientOptions(api_endpoint=host))


def _location(name: str) -> str:
    # projects/P/locations/L/batchPredictionJobs/ID
    return name.split("/")[3]


def _job(wrapped: Any) -> Job:
    job = type(wrapped).pb(wrapped)
    stats = error = None
    if job.HasField("completion_stats"):
        said = job.completion_stats
        stats = JobStats(successful=said.successful_count, failed=said.failed_count)
    if job.HasField("error") and (job.error.code or job.error.message):
        error = JobError(code=_code(job.error.code), message=job.error.message)
    return Job(
        name=job.name,
        key=job.labels.get(KEY_LABEL, ""),
        state=STATES.get(job.state, JobState.UNKNOWN),
        created_at=_time(job, "create_time") or _EPOCH,
        started_at=_time(job, "start_time"),
        ended_at=_time(job, "end_time"),
        output_directory=job.output_info.gcs_output_directory,
        stats=stats,
        error=error,
    )


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _time(job: Any, field: str) -> datetime | None:
    if not job.HasField(field):
        return None
    return getattr(job, field).ToDatetime(tzinfo=_EPOCH.tzinfo)  # type: ignore[no-any-return]  # protobuf's types are loose


def _code(number: int) -> str:
    return next((s.name for s in grpc.StatusCode if s.value[0] == number), "UNKNOWN")


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except NotFound as error:
        raise MissingError(name) from error
    except Forbidden as error:
        raise ForbiddenError(f"Vertex AI forbids {name}") from error
    except BadRequest as error:
        raise RefusedError(f"Vertex AI refuses the request on {name}") from error
    except (GoogleAPIError, GoogleAuthError, grpc.RpcError) as error:
        raise ServiceError(f"Vertex AI: {type(error).__name__}") from error
