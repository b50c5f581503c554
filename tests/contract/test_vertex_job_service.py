"""
google-cloud-aiplatform's JobServiceClient: gRPC and REST, v1 and v1beta1.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import aiplatform_v1
from google.protobuf.json_format import MessageToDict
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # without types

from localcloud.vertex.faults.rules import RUN, Fault
from localcloud.vertex.jobs.scripts import Script
from tests.contract.vertex_bucket import row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_job_service import Client
from tests.contract.vertex_server import (
    METADATA,
    PARENT,
    RunningVertex,
)

__all__ = ["running"]


@pytest.fixture(params=["v1-grpc", "v1-rest", "v1beta1-grpc", "v1beta1-rest"])
def client(running: RunningVertex, request: pytest.FixtureRequest) -> Iterator[Client]:
    version, transport = request.param.split("-")
    client = Client(running, version, transport)
    yield client
    client.close()


def test_a_job_runs_from_create_to_results(
    running: RunningVertex, client: Client
) -> None:
    bad = {"request": {"contents": [{"role": "x", "parts": [{"text": "x"}]}]}}
    source = running.upload_rows(row("One", key="a"), {"key": "b", **bad})
    created = client.create(running, source, "gapic", labels={"a": "b"})
    states = client.types.JobState
    assert created.state == states.JOB_STATE_PENDING
    assert created.create_time == created.update_time
    assert "/batchPredictionJobs/" in created.name
    running.ended(created.name)
    job = client.get(created.name)
    assert job.state == states.JOB_STATE_SUCCEEDED
    assert job.labels == {"a": "b"}
    assert job.model_version_id == "1"
    assert job.completion_stats.successful_count == 1
    assert job.completion_stats.failed_count == 1
    assert job.create_time < job.start_time < job.end_time
    folder = job.output_info.gcs_output_directory
    lines = running.results({"outputInfo": {"gcsOutputDirectory": folder}})
    assert {line["key"]: bool(line["status"]) for line in lines} == {
        "a": False,
        "b": True,
    }


def test_both_versions_and_ways_show_the_same_job(running: RunningVertex) -> None:
    name = running.create(running.upload_rows(row("x")), "the same")["name"]
    running.ended(name)
    seen = []
    for version in ("v1", "v1beta1"):
        for transport in ("grpc", "rest"):
            client = Client(running, version, transport)
            job = client.get(name)
            seen.append(MessageToDict(type(job).pb(job)))
            client.close()
    assert seen[0]["name"] == name
    assert all(each == seen[0] for each in seen)


def test_lists_are_filtered_paged_and_masked(
    running: RunningVertex, client: Client
) -> None:
    source = running.upload_rows(row("One"))
    key = f"k{uuid.uuid4().hex}"
    names = [
        client.create(running, source, f"{number}", labels={"key": key}).name
        for number in range(5)
    ]
    pager = client.listed(
        filter=f'labels.key="{key}"', page_size=2, read_mask="name,labels"
    )
    jobs = list(pager)
    assert [job.name for job in jobs] == list(reversed(names))
    assert {job.display_name for job in jobs} == {""}
    assert jobs[0].labels == {"key": key}
    assert list(client.listed(filter='display_name="nobody"')) == []
    with pytest.raises(exceptions.BadRequest, match="Invalid list filter"):
        client.listed(filter="nonsense")
    with pytest.raises(exceptions.BadRequest, match="page token"):
        client.listed(page_token="nonsense")


def test_a_job_is_cancelled_and_deleted(running: RunningVertex, client: Client) -> None:
    name = client.create(running, running.upload_rows(row("x")), "cancelled").name
    client.cancel(name)
    running.ended(name)
    job = client.get(name)
    assert job.state == client.types.JobState.JOB_STATE_CANCELLED
    assert (job.error.code, job.error.message) == (1, "CANCELED")
    with pytest.raises(exceptions.BadRequest, match="JOB_STATE"):
        client.cancel(name)
    operation = client.service.delete_batch_prediction_job(name=name, **client.more)
    operation.result(timeout=20)
    assert operation.done()
    assert operation.metadata.generic_metadata.create_time
    with pytest.raises(exceptions.NotFound, match="does not exist"):
        client.get(name)


def test_an_active_job_is_not_deleted(running: RunningVertex, client: Client) -> None:
    running.vertex.faults.add(
        Fault(
            method=RUN,
            display_name="stuck",
            script=Script(state="JOB_STATE_PAUSED", stuck=True),
        )
    )
    name = client.create(running, running.upload_rows(row("x")), "stuck").name
    running.vertex.faults.clear()
    running.reached(name, "PAUSED")
    assert client.get(name).state == client.types.JobState.JOB_STATE_PAUSED
    with pytest.raises(exceptions.BadRequest):
        client.service.delete_batch_prediction_job(name=name, **client.more)


def test_the_operation_of_a_deletion_can_be_got(running: RunningVertex) -> None:
    client = Client(running, "v1", "grpc")
    name = client.create(running, running.upload_rows(row("x")), "deleted").name
    running.ended(name)
    operation = client.service.delete_batch_prediction_job(name=name, **client.more)
    again = client.service.get_operation(
        {"name": operation.operation.name}, **client.more
    )
    assert again == operation.operation
    with pytest.raises(exceptions.NotFound):
        client.service.get_operation({"name": f"{PARENT}/operations/1"}, **client.more)
    client.close()


def test_a_state_of_the_future_is_a_number_that_no_client_knows(
    running: RunningVertex, client: Client
) -> None:
    script = Script(state="JOB_STATE_OF_THE_FUTURE")
    running.vertex.faults.add(Fault(method=RUN, display_name="odd", script=script))
    name = client.create(running, running.upload_rows(row("x")), "odd").name
    running.vertex.faults.clear()
    running.reached(name, "OF_THE_FUTURE")
    with pytest.warns(UserWarning, match="Unrecognized JobState"):
        state = client.get(name).state
    assert int(state) not in list(client.types.JobState)


def test_errors_say_which_fields_are_wrong(
    running: RunningVertex, client: Client
) -> None:
    with pytest.raises(exceptions.BadRequest) as refused:
        client.create(running, "gs://a-bucket/x", "x" * 129)
    assert "batch_prediction_job.display_name" in refused.value.message
    (detail,) = refused.value.details
    # Over REST the client gives the JSON as it came.
    if isinstance(detail, error_details_pb2.BadRequest):
        detail = MessageToDict(detail)
    (violation,) = detail["fieldViolations"]
    assert violation["field"] == "batch_prediction_job.display_name"


@pytest.mark.parametrize("model", ["gemini-2.5-flash", "publishers/google/models/x"])
def test_a_model_that_is_not_there_is_not_found(
    running: RunningVertex, client: Client, model: str
) -> None:
    with pytest.raises(exceptions.NotFound, match=r"The PublisherModel .* does not"):
        client.create(running, "gs://a-bucket/x", "x", model=model)


def test_a_server_of_one_host_knows_one_location(running: RunningVertex) -> None:
    async def serve() -> tuple[Any, int]:
        return await running.vertex.serve_grpc(endpoint="aiplatform.googleapis.com")

    server, port = running.in_loop(serve())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        service = aiplatform_v1.JobServiceClient(
            transport=aiplatform_v1.JobServiceClient.get_transport_class("grpc")(
                channel=channel
            )
        )
        with pytest.raises(exceptions.MethodNotImplemented, match="404"):
            service.list_batch_prediction_jobs(parent=PARENT, metadata=METADATA)
        everywhere = PARENT.replace("us-central1", "global")
        assert not list(
            service.list_batch_prediction_jobs(parent=everywhere, metadata=METADATA)
        )
    running.in_loop(server.stop(None))


def test_a_call_without_a_token_is_unauthenticated(running: RunningVertex) -> None:
    client = Client(running, "v1", "grpc")
    client.more = {}
    with pytest.raises(exceptions.Unauthenticated):
        client.get(f"{PARENT}/batchPredictionJobs/1")
    client.close()
