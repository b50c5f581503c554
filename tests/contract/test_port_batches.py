"""
What the middle leans on of Vertex AI, one suite for the fake in memory and for
the real JobServiceClient through the door; and what only the adapter does.
"""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
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
    MissingError,
    ServiceError,
)
from shared.jobs import DEPLOYMENT_LABEL, KEY_LABEL, JobRequest, JobState
from shared.ports import Batches
from tests.fake_services import FakeBatches
from tests.fakes import START
from tests.faults import Faults
from tests.running_cloud import RunningCloud, wait_until

_NUMBERS = itertools.count()
CREATE = "CreateBatchPredictionJob"


def request(key: str, **changes: str) -> JobRequest:
    given = {
        "location": "us-central1",
        "model": "publishers/google/models/gemini-2.5-flash",
        "display_name": f"dropbatch {key}",
        "input_uri": "gs://no-such-bucket/x.jsonl",
        "output_uri_prefix": "gs://no-such-bucket/out/",
        **changes,
    }
    labels = {DEPLOYMENT_LABEL: "test", KEY_LABEL: key}
    return JobRequest(labels=labels, **given)


def new_key() -> str:
    return f"{os.getpid():016x}{next(_NUMBERS):016x}-s0a1"


@pytest.fixture(scope="module")
def vertex(bare_cloud: RunningCloud) -> Iterator[VertexBatches]:
    # gRPC reads its roots once in a process: this is the only door that this
    # process's own gRPC clients go through.
    with pytest.MonkeyPatch.context() as patch:
        for name in bare_cloud.told["unset"]:
            patch.delenv(name, raising=False)
        for name, value in bare_cloud.told["variables"].items():
            patch.setenv(name, value)
        yield VertexBatches(
            project=bare_cloud.told["project"],
            deployment="test",
            create_timeout_seconds=2,
            call_timeout_seconds=5,
        )


@pytest.fixture(params=["fake", "real"])
def batches(request: pytest.FixtureRequest) -> Batches:
    if request.param == "fake":
        return FakeBatches(Faults(), lambda: START)
    real: VertexBatches = request.getfixturevalue("vertex")
    return real


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


@pytest.mark.parametrize("location", ["us-central1", "global"])
def test_a_job_is_made_found_and_followed(batches: Batches, location: str) -> None:
    key = new_key()

    job = batches.create(request(key, location=location))

    assert job.key == key
    assert not job.state.is_final
    assert f"/locations/{location}/batchPredictionJobs/" in job.name
    assert batches.get(job.name).name == job.name
    assert [found.name for found in batches.find(location, key)] == [job.name]


def test_a_key_finds_its_jobs_alone_and_the_earliest_first(batches: Batches) -> None:
    key = new_key()
    first, second = batches.create(request(key)), batches.create(request(key))
    batches.create(request(new_key()))

    found = batches.find("us-central1", key)

    assert [job.name for job in found] == [first.name, second.name]
    assert batches.find("us-central1", new_key()) == []


def test_an_active_job_is_listed_until_it_has_ended(batches: Batches) -> None:
    job = batches.create(request(new_key()))
    assert job.name in {active.name for active in batches.active("us-central1")}

    batches.cancel(job.name)
    wait_until(lambda: batches.get(job.name).state.is_final)

    assert job.name not in {active.name for active in batches.active("us-central1")}
    batches.cancel(job.name)


def test_a_job_that_is_not_there_is_missing(batches: Batches) -> None:
    with pytest.raises(MissingError):
        batches.get(
            "projects/dropbatch-local/locations/us-central1/batchPredictionJobs/1234567"
        )


def test_a_failed_job_says_why(vertex: VertexBatches) -> None:
    job = vertex.create(request(new_key()))

    wait_until(lambda: vertex.get(job.name).state.is_final)

    ended = vertex.get(job.name)
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert ended.error.code == "FAILED_PRECONDITION"
    assert ended.ended_at is not None


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
