"""
What REST and gRPC have in common: names read, rights asked, faults played.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from localcloud.faults.faults import Faults
from localcloud.faults.playing import play
from localcloud.faults.rules import Rule
from localcloud.google_words import MISSING_CREDENTIALS, credentials_info
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.api.protos import ApiVersion
from localcloud.vertex.faults.rules import SERVICE, Call, api_error, list_lag_seconds
from localcloud.vertex.jobs.service import JobService
from localcloud.vertex.names import (
    ProjectNumber,
    ResourceName,
    parse_job,
    parse_operation,
    parse_parent,
)

_Answer = TypeVar("_Answer")
_Json = dict[str, Any]

_JOBS = "aiplatform.batchPredictionJobs"

PERMISSIONS: Mapping[str, str] = {
    "CreateBatchPredictionJob": f"{_JOBS}.create",
    "GetBatchPredictionJob": f"{_JOBS}.get",
    "ListBatchPredictionJobs": f"{_JOBS}.list",
    "CancelBatchPredictionJob": f"{_JOBS}.cancel",
    "DeleteBatchPredictionJob": f"{_JOBS}.delete",
    # The operation is a deletion's, and tells of the job.
    "GetOperation": f"{_JOBS}.get",
}
"""
The permission that each method needs
(https://cloud.google.com/vertex-ai/docs/general/iam-permissions).
"""

Authorize = Callable[[str | None, str, str], bool]
"""
Whether the bearer of an Authorization header (None if there is none) has a
permission, such as `aiplatform.batchPredictionJobs.create`, on a resource.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """
    What a list was asked for.
    """

    filter_text: str = ""
    size: int = 0
    token: str = ""
    mask: Sequence[str] = ()


class Calls:
    """
    JobService's methods as callers reach them; ApiError is the answer if raised.
    """

    def __init__(
        self,
        service: JobService,
        faults: Faults,
        *,
        authorize: Authorize,
        number: ProjectNumber,
        token_required: bool,
    ) -> None:
        self._service = service
        self._faults = faults
        self._authorize = authorize
        self._number = number
        self._token_required = token_required

    async def create(self, parent: str, asked: _Json, bearer: str | None) -> _Json:
        place = parse_parent(parent, self._number)
        call = Call(
            method="CreateBatchPredictionJob",
            resource=place.name,
            display_name=asked.get("displayName", ""),
            model=asked.get("model", ""),
            labels=asked.get("labels", {}),
        )
        self._permit(bearer, call.method, place.asked)
        return await self._play(call, lambda _: self._service.create(place, asked))

    async def get(self, name: str, bearer: str | None) -> _Json:
        job = parse_job(name, self._number)
        call = self._permitted(bearer, "GetBatchPredictionJob", job)
        return await self._play(call, lambda _: self._service.get(job))

    async def list(
        self, parent: str, query: ListQuery, version: ApiVersion, bearer: str | None
    ) -> _Json:
        place = parse_parent(parent, self._number)
        self._permit(bearer, "ListBatchPredictionJobs", place.asked)

        def listed(fault: Rule | None) -> _Json:
            return self._service.list(
                place,
                job_type=version.job,
                filter_text=query.filter_text,
                size=query.size,
                token=query.token,
                mask=query.mask,
                lag_seconds=list_lag_seconds(fault),
            )

        call = Call(method="ListBatchPredictionJobs", resource=place.name)
        return await self._play(call, listed)

    async def cancel(self, name: str, bearer: str | None) -> None:
        job = parse_job(name, self._number)
        call = self._permitted(bearer, "CancelBatchPredictionJob", job)
        await self._play(call, lambda _: self._service.cancel(job))

    async def delete(self, name: str, bearer: str | None) -> _Json:
        job = parse_job(name, self._number)
        call = self._permitted(bearer, "DeleteBatchPredictionJob", job)
        return await self._play(call, lambda _: self._service.delete(job))

    async def operation(self, name: str, bearer: str | None) -> _Json:
        wanted = parse_operation(name, self._number)
        call = Call(method="GetOperation", resource=wanted.name)
        self._permit(bearer, call.method, wanted.asked)
        return await self._play(call, lambda _: self._service.operation(wanted))

    def _permitted(self, bearer: str | None, method: str, name: ResourceName) -> Call:
        self._permit(bearer, method, name.asked)
        job = self._service.look(name) if self._faults.concern(SERVICE) else None
        spec = {} if job is None else job.spec
        return Call(
            method=method,
            resource=name.name,
            display_name=spec.get("displayName", ""),
            model=spec.get("model", ""),
            labels=spec.get("labels", {}),
        )

    def _permit(self, bearer: str | None, method: str, resource: str) -> None:
        if bearer is None and self._token_required:
            raise ApiError(
                Code.UNAUTHENTICATED,
                MISSING_CREDENTIALS,
                [credentials_info("CREDENTIALS_MISSING", "aiplatform.googleapis.com")],
            )
        permission = PERMISSIONS[method]
        if not self._authorize(bearer, permission, resource):
            raise ApiError(
                Code.PERMISSION_DENIED,
                f"Permission '{permission}' denied on resource "
                f"'//aiplatform.googleapis.com/{resource}' (or it may not exist).",
            )

    async def _play(
        self, call: Call, effect: Callable[[Rule | None], _Answer]
    ) -> _Answer:
        """
        Do what was asked, unless a fault says otherwise.
        """
        if not self._faults.concern(SERVICE):
            return effect(None)
        fault = self._faults.befalling(call)

        async def done() -> _Answer:
            return effect(fault)

        return await play(fault, done, api_error, refusals=ApiError)
