"""
Which permission each method asks for, and what its caller is told without it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from google.cloud.aiplatform_v1 import JobServiceClient

from localcloud import grants
from localcloud.callers import Callers
from localcloud.door.access_tokens import token_for
from localcloud.grants import Grants, Right
from localcloud.permits import Permits
from localcloud.projects import project_number
from localcloud.vertex.api.calls import PERMISSIONS, Calls, ListQuery
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.api.protos import API_VERSIONS
from tests.unit.vertex.job_world import World

ACCOUNT = "dropbatch-poll-jobs@p.iam.gserviceaccount.com"
BEARER = f"Bearer {token_for(ACCOUNT)}"
PARENT = "projects/p/locations/us-central1"
JOB = f"{PARENT}/batchPredictionJobs/7"
V1 = API_VERSIONS["v1"]

METHODS: dict[str, tuple[Callable[[Calls], Awaitable[Any]], str]] = {
    "CreateBatchPredictionJob": (lambda c: c.create(PARENT, {}, BEARER), PARENT),
    "GetBatchPredictionJob": (lambda c: c.get(JOB, BEARER), JOB),
    "ListBatchPredictionJobs": (
        lambda c: c.list(PARENT, ListQuery(), V1, BEARER),
        PARENT,
    ),
    "CancelBatchPredictionJob": (lambda c: c.cancel(JOB, BEARER), JOB),
    "DeleteBatchPredictionJob": (lambda c: c.delete(JOB, BEARER), JOB),
    "GetOperation": (
        lambda c: c.operation(f"{PARENT}/operations/7", BEARER),
        f"{PARENT}/operations/7",
    ),
}


def calls(world: World, permits: Permits) -> Calls:
    return Calls(
        world.service,
        world.faults,
        authorize=Callers(["p"], permits=permits).may_call_vertex,
        number=project_number,
        token_required=True,
    )


def test_every_method_has_its_permission() -> None:
    methods = {
        name.title().replace("_", "")
        for name in dir(JobServiceClient)
        if name.endswith(("_batch_prediction_job", "_batch_prediction_jobs"))
    }
    assert set(METHODS) == methods | {"GetOperation"}
    of_jobs = "aiplatform.batchPredictionJobs"
    assert {
        "CreateBatchPredictionJob": f"{of_jobs}.create",
        "GetBatchPredictionJob": f"{of_jobs}.get",
        "ListBatchPredictionJobs": f"{of_jobs}.list",
        "CancelBatchPredictionJob": f"{of_jobs}.cancel",
        "DeleteBatchPredictionJob": f"{of_jobs}.delete",
        "GetOperation": f"{of_jobs}.get",
    } == PERMISSIONS


@pytest.mark.parametrize("method", METHODS)
def test_without_its_permission_a_method_is_refused_in_googles_words(
    world: World, method: str
) -> None:
    do, resource = METHODS[method]
    permission = PERMISSIONS[method]
    permits = Permits(Grants(accounts=frozenset({ACCOUNT})))

    with pytest.raises(ApiError) as error:
        asyncio.run(_awaited(do(calls(world, permits))))

    assert error.value.code is Code.PERMISSION_DENIED
    assert error.value.message == (
        f"Permission '{permission}' denied on resource "
        f"'//aiplatform.googleapis.com/{resource}' (or it may not exist)."
    )
    # Jobs have no policies of their own.
    right = Right(ACCOUNT, permission, grants.project("p"))
    assert permits.refused == {right}

    granted = Permits(Grants(accounts=frozenset({ACCOUNT}), rights=frozenset({right})))
    # It is let through to what it asks about, which mostly isn't there.
    with contextlib.suppress(ApiError):
        asyncio.run(_awaited(do(calls(world, granted))))
    assert granted.refused == set()
    assert granted.allowed == {right}


def test_a_projects_number_is_the_project(world: World) -> None:
    right = Right(ACCOUNT, PERMISSIONS["GetBatchPredictionJob"], "projects/p")
    permits = Permits(Grants(accounts=frozenset({ACCOUNT}), rights=frozenset({right})))
    job = JOB.replace("projects/p", f"projects/{project_number('p')}")

    with pytest.raises(ApiError, match="does not exist"):
        asyncio.run(_awaited(calls(world, permits).get(job, BEARER)))


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work
