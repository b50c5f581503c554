"""
What clients see where a knob is set, over REST and gRPC.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions

from localcloud.vertex.faults.rules import RUN, Fault
from localcloud.vertex.jobs.scripts import JobError, Script
from localcloud.vertex.knobs import Knobs
from tests.contract.vertex_bucket import Json, row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_job_service import Client
from tests.contract.vertex_server import (
    PARENT,
    QUICK,
    RunningVertex,
    running_vertex,
)

__all__ = ["running"]

JOBS = f"{PARENT}/batchPredictionJobs"


@pytest.fixture(params=["grpc", "rest"])
def client(running: RunningVertex, request: pytest.FixtureRequest) -> Iterator[Client]:
    made = Client(running, "v1", request.param)
    yield made
    made.close()


@pytest.fixture(scope="module")
def frugal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVertex]:
    """
    A simulator that takes two creates and no read, in a very long minute.
    """
    knobs = Knobs(submissions_per_minute=2, reads_per_minute=0)
    pace = replace(QUICK, minute_seconds=1e9)
    folder = tmp_path_factory.mktemp("frugal")
    with running_vertex(folder, pace=pace, knobs=knobs) as vertex:
        yield vertex


def test_a_quota_is_a_429_in_googles_shape(frugal: RunningVertex) -> None:
    answer = frugal.call("GET", JOBS)
    assert answer.status_code == 429
    error = answer.json()["error"]
    assert error["status"] == "RESOURCE_EXHAUSTED"
    assert [detail["@type"].rpartition(".")[2] for detail in error["details"]] == [
        "ErrorInfo",
        "Help",
    ]


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_a_quota_is_resource_exhausted_to_a_client(
    frugal: RunningVertex, transport: str
) -> None:
    client = Client(frugal, "v1", transport)
    client.create(frugal, f"gs://{frugal.bucket}/none.jsonl", "a job")
    with pytest.raises(exceptions.TooManyRequests, match="Resource management") as no:
        list(client.listed())
    assert no.value.reason == "RATE_LIMIT_EXCEEDED"
    assert no.value.metadata["service"] == "aiplatform.googleapis.com"
    client.close()


def let_go(running: RunningVertex, name: str, script: Script) -> None:
    """
    Let jobs of this name go by a script.
    """
    running.vertex.faults.add(Fault(method=RUN, display_name=name, script=script))


def test_partial_failures_reach_every_client(
    running: RunningVertex, client: Client
) -> None:
    script = Script(partial_failures=(JobError(code=5, message="gs://a/b"),))
    let_go(running, "partial", script)
    name = client.create(running, running.upload_rows(row("x")), "partial").name
    running.ended(name)
    (failure,) = client.get(name).partial_failures
    assert (failure.code, failure.message) == (5, "gs://a/b")


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_fields_of_v1beta1_are_shown_by_v1beta1_alone(
    running: RunningVertex, version: str
) -> None:
    let_go(running, "beta", Script(knobs={"reject_unsupported_fields": False}))
    beta: Json = {
        "endpoint": "projects/1/locations/us-central1/endpoints/2",
        "modelMonitoringConfig": {"analysisInstanceSchemaUri": "gs://a/b"},
    }
    both: Json = {
        "disableContainerLogging": True,
        "modelParameters": {"a": 1.0},
        "generateExplanation": True,
    }
    body = running.body(running.upload_rows(row("x")), "beta", **beta, **both)
    created = running.call("POST", JOBS, json=body, version="v1beta1").json()
    shown: Any = running.call("GET", created["name"], version=version).json()
    assert {name: shown.get(name) for name in both} == both
    expected = beta if version == "v1beta1" else dict.fromkeys(beta)
    assert {name: shown.get(name) for name in beta} == expected


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_state_of_the_future_is_its_name_over_rest(
    running: RunningVertex, version: str
) -> None:
    let_go(running, "future", Script(state="JOB_STATE_OF_THE_FUTURE"))
    name = running.create(running.upload_rows(row("x")), "future")["name"]
    running.reached(name, "OF_THE_FUTURE")
    shown: Any = running.call("GET", name, version=version).json()
    assert shown["state"] == "JOB_STATE_OF_THE_FUTURE"
    query = {"$alt": "json;enum-encoding=int"}
    number: Any = running.call("GET", name, version=version, params=query).json()
    assert number["state"] == 99


def test_incremental_files_are_there_before_the_end(tmp_path: Path) -> None:
    pace = replace(QUICK, running_seconds=30.0, incremental_seconds=0.3)
    with running_vertex(tmp_path, pace=pace) as running:
        source = running.upload_rows(*(row(f"{n}") for n in range(600)))
        name = running.create(source)["name"]
        folder = running.reached(name, "RUNNING")["outputInfo"]["gcsOutputDirectory"]
        prefix = f"{folder}/".removeprefix(f"gs://{running.bucket}/")
        listed = running.until(
            lambda: {"found": running.names(prefix)}, lambda seen: bool(seen["found"])
        )["found"]
        assert listed[0] == (f"{prefix}incremental_predictions/predictions_00001.jsonl")
        assert running.get(name)["state"] == "JOB_STATE_RUNNING"
        lines = running.download(f"gs://{running.bucket}/{listed[0]}").splitlines()
        assert lines
        assert all(b'"request":' in line for line in lines)
