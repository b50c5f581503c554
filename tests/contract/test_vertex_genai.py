"""
google-genai, unchanged but for its address.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from tests.contract.vertex_bucket import row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_server import (
    MODEL,
    PROJECT,
    RunningVertex,
    credentials,
)

__all__ = ["running"]


def client_of(
    running: RunningVertex, version: str, location: str = "us-central1"
) -> genai.Client:
    return genai.Client(
        vertexai=True,
        project=PROJECT,
        location=location,
        credentials=credentials(),
        http_options=types.HttpOptions(base_url=running.url, api_version=version),
    )


@pytest.fixture(params=["v1", "v1beta1"])
def client(
    running: RunningVertex, request: pytest.FixtureRequest
) -> Iterator[genai.Client]:
    client = client_of(running, request.param)
    yield client
    client.close()


def ended(running: RunningVertex, client: genai.Client, name: str) -> types.BatchJob:
    running.ended(name)
    return client.batches.get(name=name)


def test_a_batch_runs_from_create_to_results(
    running: RunningVertex, client: genai.Client
) -> None:
    source = running.upload_rows(row("One", key="a"), row("Two", key="b"))
    created = client.batches.create(
        model="gemini-2.5-flash",
        src=source,
        config=types.CreateBatchJobConfig(
            display_name="genai", dest=f"gs://{running.bucket}/genai"
        ),
    )
    assert created.state == types.JobState.JOB_STATE_PENDING
    assert created.model == MODEL
    assert created.name
    job = ended(running, client, created.name)
    assert job.state == types.JobState.JOB_STATE_SUCCEEDED
    assert job.done
    assert job.error is None
    assert job.completion_stats
    assert job.completion_stats.successful_count == 2
    assert job.create_time
    assert job.start_time
    assert job.end_time
    assert job.create_time < job.start_time < job.end_time
    assert job.output_info
    folder = job.output_info.gcs_output_directory
    lines = running.results({"outputInfo": {"gcsOutputDirectory": folder}})
    assert {line["key"] for line in lines} == {"a", "b"}


def test_a_job_is_got_by_its_number_alone(
    running: RunningVertex, client: genai.Client
) -> None:
    name = running.create(running.upload_rows(row("x")))["name"]
    assert client.batches.get(name=name.rpartition("/")[2]).name == name


def test_output_beside_the_input_is_the_default(
    running: RunningVertex, client: genai.Client
) -> None:
    source = running.upload_rows(row("One"))
    created = client.batches.create(model="gemini-2.5-flash", src=source)
    assert created.name
    ended(running, client, created.name)
    prefix = source.removeprefix(f"gs://{running.bucket}/").removesuffix(".jsonl")
    (written,) = running.names(f"{prefix}/dest/")
    assert written.endswith("/predictions.jsonl")


def test_labels_go_in_as_an_extra_body(
    running: RunningVertex, client: genai.Client
) -> None:
    options = types.HttpOptions(extra_body={"labels": {"job-key": "k1"}})
    created = client.batches.create(
        model="gemini-2.5-flash",
        src=running.upload_rows(row("One")),
        config=types.CreateBatchJobConfig(
            dest=f"gs://{running.bucket}/x", http_options=options
        ),
    )
    assert created.name
    assert running.get(created.name)["labels"] == {"job-key": "k1"}


def test_lists_are_filtered_and_paged(
    running: RunningVertex, client: genai.Client
) -> None:
    prefix = f"genai_{uuid.uuid4().hex}"
    source = running.upload_rows(row("One"))
    names = {
        running.create(source, f"{prefix}_{number}")["name"] for number in range(5)
    }
    config = types.ListBatchJobsConfig(page_size=2, filter=f'display_name:"{prefix}_*"')
    pager = client.batches.list(config=config)
    assert len(pager.page) == 2
    assert {job.name for job in pager} == names
    nothing = types.ListBatchJobsConfig(filter='display_name="nobody"')
    assert list(client.batches.list(config=nothing)) == []


def test_a_batch_is_cancelled_and_deleted(
    running: RunningVertex, client: genai.Client
) -> None:
    created = client.batches.create(
        model="gemini-2.5-flash", src=running.upload_rows(row("One"))
    )
    assert created.name
    client.batches.cancel(name=created.name)
    job = ended(running, client, created.name)
    assert job.state == types.JobState.JOB_STATE_CANCELLED
    assert job.error
    assert (job.error.code, job.error.message) == (1, "CANCELED")
    with pytest.raises(errors.ClientError, match="FAILED_PRECONDITION"):
        client.batches.cancel(name=created.name)
    deleted = client.batches.delete(name=created.name)
    assert deleted.done
    with pytest.raises(errors.ClientError) as gone:
        client.batches.get(name=created.name)
    assert gone.value.code == 404


def test_a_failed_batch_can_be_read(
    running: RunningVertex, client: genai.Client
) -> None:
    created = client.batches.create(
        model="gemini-2.5-flash", src="gs://no-such-bucket/in.jsonl"
    )
    assert created.name
    job = ended(running, client, created.name)
    assert job.state == types.JobState.JOB_STATE_FAILED
    assert job.error
    assert job.error.code == 9
    assert "Failed to get GCS bucket location for no-such-bucket" in str(
        job.error.message
    )


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gemini-does-not-exist", "The PublisherModel gemini-does-not-exist does not"),
        ("gemini-3-pro-preview", "MODEL_NOT_SUPPORTED_FOR_BATCH"),
        ("meta/llama-4", "The PublisherModel llama-4 does not exist"),
    ],
)
def test_a_model_without_batch_is_not_found(
    client: genai.Client, model: str, words: str
) -> None:
    with pytest.raises(errors.ClientError, match=words) as refused:
        client.batches.create(model=model, src="gs://a-bucket/in.jsonl")
    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")


def test_what_the_client_leaves_out_is_told(client: genai.Client) -> None:
    """
    Without `.jsonl` the client sends no destination, and no default name.
    """
    with pytest.raises(errors.ClientError, match="output_config") as refused:
        client.batches.create(model="gemini-2.5-flash", src="gs://a-bucket/in")
    assert refused.value.code == 400


def test_global_is_a_location(running: RunningVertex) -> None:
    client = client_of(running, "v1", "global")
    created = client.batches.create(
        model="gemini-3-pro-preview", src=running.upload_rows(row("One"))
    )
    assert created.name
    assert "/locations/global/" in created.name
    job: Any = ended(running, client, created.name)
    assert job.state == types.JobState.JOB_STATE_SUCCEEDED
    client.close()
