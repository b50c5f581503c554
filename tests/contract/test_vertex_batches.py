"""
What only the adapter of Vertex AI does: states, pages, what is tried again, its import.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from google.cloud.aiplatform_v1.types import JobState as GoogleState

from shared.adapters.vertex_batches import STATES, VertexBatches
from shared.errors import (
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
    ForbiddenError,
    ServiceError,
)
from shared.jobs import DEPLOYMENT_LABEL, JobState
from tests.contract.vertex_batches import new_key, request, vertex
from tests.running_cloud import RunningCloud, wait_until

__all__ = ["vertex"]

CREATE = "CreateBatchPredictionJob"


@pytest.fixture
def faults(bare_cloud: RunningCloud) -> Iterator[Callable[..., None]]:
    address = f"{bare_cloud.told['admin']}/admin/faults"

    def play(**rule: object) -> None:
        given = {"service": "vertex"} | rule
        requests.post(address, json=given, timeout=10).raise_for_status()

    yield play
    requests.delete(address, timeout=10).raise_for_status()


def test_every_state_of_the_service_is_one_of_ours() -> None:
    unspecified = "UNSPECIFIED"
    states: Any = GoogleState
    names = {s.value: s.name.removeprefix("JOB_STATE_") for s in states}

    assert {
        number: JobState.UNKNOWN if name == unspecified else JobState[name]
        for number, name in names.items()
    } == STATES


def test_a_failed_job_says_why(vertex: VertexBatches) -> None:
    job = vertex.create(request(new_key()))

    wait_until(lambda: vertex.get(job.name).state.is_final)

    ended = vertex.get(job.name)
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert ended.error.code == "FAILED_PRECONDITION"
    assert ended.ended_at is not None


def test_a_job_is_found_by_its_key_whatever_the_deployment_was_called_then(
    vertex: VertexBatches,
) -> None:
    """Or a drop in doubt would be billed twice; but polls list their own."""
    key = new_key()
    asked = request(key)
    before = {**asked.labels, DEPLOYMENT_LABEL: "before"}
    made = vertex.create(replace(asked, labels=before))

    assert [job.name for job in vertex.find("us-central1", key)] == [made.name]
    assert made.name not in {job.name for job in vertex.active("us-central1")}


def test_more_jobs_than_a_page_holds_are_all_listed(vertex: VertexBatches) -> None:
    key = new_key()
    made = {vertex.create(request(key)).name for _ in range(105)}

    assert {job.name for job in vertex.find("us-central1", key)} == made


@pytest.mark.parametrize(
    ("code", "sort"),
    [
        ("INVALID_ARGUMENT", CreateRefusedError),
        ("NOT_FOUND", CreateRefusedError),
        ("PERMISSION_DENIED", CreateHeldError),
        ("RESOURCE_EXHAUSTED", CreateHeldError),
        ("UNAVAILABLE", CreateUnknownError),
        ("INTERNAL", CreateUnknownError),
        ("DEADLINE_EXCEEDED", CreateUnknownError),
    ],
)
@pytest.mark.parametrize("after_effect", [False, True])
def test_a_create_is_asked_for_once_whatever_is_answered(
    vertex: VertexBatches,
    faults: Callable[..., None],
    code: str,
    sort: type[Exception],
    after_effect: bool,
) -> None:
    faults(method=CREATE, error={"code": code}, after_effect=after_effect, times=1)
    key = new_key()

    with pytest.raises(sort):
        vertex.create(request(key))

    assert len(vertex.find("us-central1", key)) == int(after_effect)


@pytest.mark.parametrize("fault", [{"cut": True}, {"delay_seconds": 4.0}])
def test_a_create_without_an_answer_is_unknown_and_not_repeated(
    vertex: VertexBatches, faults: Callable[..., None], fault: dict[str, object]
) -> None:
    faults(method=CREATE, after_effect=True, times=1, **fault)
    key = new_key()

    with pytest.raises(CreateUnknownError):
        vertex.create(request(key))

    wait_until(lambda: vertex.find("us-central1", key))
    assert len(vertex.find("us-central1", key)) == 1


@pytest.mark.parametrize("code", ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL"])
def test_reading_is_tried_again(
    vertex: VertexBatches, faults: Callable[..., None], code: str
) -> None:
    job = vertex.create(request(new_key()))

    faults(method="GetBatchPredictionJob", error={"code": code}, times=2)

    assert vertex.get(job.name).name == job.name


@pytest.mark.parametrize(
    ("code", "error"),
    [("PERMISSION_DENIED", ForbiddenError), ("UNAUTHENTICATED", ServiceError)],
)
def test_what_can_not_be_read_is_said_in_our_words(
    vertex: VertexBatches,
    faults: Callable[..., None],
    code: str,
    error: type[Exception],
) -> None:
    faults(method="ListBatchPredictionJobs", error={"code": code})

    with pytest.raises(error):
        list(vertex.active("us-central1"))


_BOTH_WAYS = """
import json, sys
if sys.argv[1] == "whole":
    import google.cloud.aiplatform_v1
from shared.adapters.job_service import job_service

client, types = job_service()
whole = "google.cloud.aiplatform_v1.services.dataset_service" in sys.modules
job = types.BatchPredictionJob(
    display_name="d", model="m", labels={"a": "b"},
    input_config={"instances_format": "jsonl", "gcs_source": {"uris": ["gs://b/o"]}},
)
sent = types.BatchPredictionJob.serialize(job).hex()
from google.cloud.aiplatform_v1 import JobServiceClient
print(json.dumps([whole, sent, client.__module__, client is JobServiceClient]))
"""


def test_the_lean_import_gives_the_same_client_and_bytes() -> None:
    def imported(way: str) -> list[object]:
        done = subprocess.run(
            [sys.executable, "-c", _BOTH_WAYS, way],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        told: list[object] = json.loads(done.stdout)
        return told

    lean, whole = imported("lean"), imported("whole")

    assert (lean[0], whole[0]) == (False, True)
    assert lean[1:] == whole[1:]
    assert lean[3] is True
