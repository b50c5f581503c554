"""
gRPC at one of Google's hosts: it knows the resources of its own location alone.
"""

import asyncio
from typing import Any

import grpc
import pytest

from localcloud.projects import project_number
from localcloud.vertex.api.calls import Calls
from localcloud.vertex.api.grpc_edge import start_grpc
from localcloud.vertex.api.protos import API_VERSIONS
from tests.everybody import allow_all
from tests.unit.vertex.job_world import World

METHOD = "/google.cloud.aiplatform.v1.JobService/ListBatchPredictionJobs"
UNKNOWN = grpc.StatusCode.UNIMPLEMENTED


async def _list(world: World, endpoint: str, location: str) -> grpc.StatusCode:
    calls = Calls(
        world.service,
        world.faults,
        authorize=allow_all,
        number=project_number,
        token_required=False,
    )
    version = API_VERSIONS["v1"]
    server, port = await start_grpc(calls, "127.0.0.1", endpoint)
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            method: Any = channel.unary_unary(
                METHOD,
                request_serializer=version.list.SerializeToString,
                response_deserializer=version.list_response.FromString,
            )
            parent = f"projects/p/locations/{location}"
            call = method(version.list(parent=parent), timeout=20)
            code: grpc.StatusCode = await call.code()
            return code
    finally:
        await server.stop(None)


@pytest.mark.parametrize(
    ("host", "location", "known"),
    [
        ("europe-west1-aiplatform.googleapis.com", "europe-west1", True),
        ("europe-west1-aiplatform.googleapis.com", "europe-west12", False),
        ("europe-west12-aiplatform.googleapis.com", "europe-west1", False),
        ("aiplatform.eu.rep.googleapis.com", "eu", True),
        ("aiplatform.eu.rep.googleapis.com", "europe-west1", False),
        ("aiplatform.us.rep.googleapis.com", "us", True),
        ("aiplatform.us.rep.googleapis.com", "us-central1", False),
        ("aiplatform.googleapis.com", "global", True),
    ],
)
def test_a_host_knows_the_resources_of_its_location_alone(
    world: World, host: str, location: str, known: bool
) -> None:
    code = asyncio.run(_list(world, host, location))

    assert code is (grpc.StatusCode.OK if known else UNKNOWN)
