"""
Faults, set as a user sets them: by a call to the simulator.
"""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
import requests
from google.api_core import exceptions
from google.cloud.aiplatform_v1 import JobServiceClient
from google.cloud.aiplatform_v1.services.job_service import transports

from tests.contract.vertex_bucket import row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_server import METADATA, PARENT, RunningVertex

__all__ = ["running"]

JOBS = f"{PARENT}/batchPredictionJobs"
TRANSPORTS: Any = transports


@pytest.fixture(autouse=True)
def _no_faults_before_and_after(running: RunningVertex) -> Iterator[None]:
    admin(running, "DELETE")
    yield
    admin(running, "DELETE")


def admin(running: RunningVertex, method: str, rules: Any = None) -> Any:
    if isinstance(rules, dict):
        rules = {"service": "vertex"} | rules
    answer = running.http.request(
        method, f"{running.url}/admin/faults", json=rules, timeout=10
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def named(running: RunningVertex, name: str) -> list[str]:
    """
    The names of the jobs of a display name.
    """
    page = running.call("GET", JOBS, params={"filter": f'display_name="{name}"'}).json()
    return [job["name"] for job in page.get("batchPredictionJobs", [])]


def test_faults_are_set_told_and_taken_back(running: RunningVertex) -> None:
    told = admin(running, "POST", {"name": "quota", "error": {"code": 429}, "times": 1})
    assert [rule["name"] for rule in told["rules"]] == ["quota"]
    assert running.call("GET", JOBS).status_code == 429
    assert running.call("GET", JOBS).status_code == 200
    assert admin(running, "GET")["injected"][-1]["name"] == "quota"
    assert admin(running, "DELETE")["rules"] == []


def test_a_fault_that_makes_no_sense_is_refused(running: RunningVertex) -> None:
    answer = running.http.post(
        f"{running.url}/admin/faults", json={"unheardOf": 1}, timeout=10
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    "host", ["aiplatform.googleapis.com", "us-central1-aiplatform.googleapis.com"]
)
def test_nobody_sets_faults_through_the_door(running: RunningVertex, host: str) -> None:
    answer = running.http.post(
        f"{running.url}/admin/faults",
        json={"error": {"code": 503}},
        headers={"Host": host},
        timeout=10,
    )
    assert answer.status_code == 501
    assert admin(running, "GET")["rules"] == []


@pytest.mark.parametrize("code", [429, 403, 404, 503, 504, "UNAVAILABLE"])
def test_a_create_can_be_refused(running: RunningVertex, code: int | str) -> None:
    admin(running, "POST", {"method": "Create*", "error": {"code": code}})
    body = running.body(running.upload_rows(row("One")), f"refused {code}")
    answer = running.call("POST", JOBS, json=body)
    assert answer.status_code == (503 if code == "UNAVAILABLE" else code)
    assert named(running, f"refused {code}") == []


def test_an_answer_can_be_lost_after_the_job_was_made(running: RunningVertex) -> None:
    rule = {
        "method": "CreateBatchPredictionJob",
        "display_name": "lost*",
        "error": {"code": 504},
        "after_effect": True,
    }
    admin(running, "POST", rule)
    body = running.body(running.upload_rows(row("One")), "lost answer")
    assert running.call("POST", JOBS, json=body).status_code == 504
    (name,) = named(running, "lost answer")
    assert running.ended(name)["state"] == "JOB_STATE_SUCCEEDED"


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_connection_can_be_cut(running: RunningVertex, after_effect: bool) -> None:
    rule = {"method": "Create*", "cut": True, "after_effect": after_effect}
    admin(running, "POST", rule)
    name = f"cut {after_effect}"
    body = running.body(running.upload_rows(row("One")), name)
    with pytest.raises(requests.ConnectionError):
        running.call("POST", JOBS, json=body)
    assert len(named(running, name)) == after_effect


def test_an_answer_can_be_late(running: RunningVertex) -> None:
    admin(running, "POST", {"method": "Get*", "delay_seconds": 20})
    with pytest.raises(requests.ReadTimeout):
        running.http.get(
            f"{running.url}/v1/{JOBS}/1",
            headers={"Connection": "close"},
            timeout=0.2,
        )
    assert running.call("GET", JOBS).status_code == 200


def test_a_list_can_lag(running: RunningVertex) -> None:
    name = running.create(running.upload_rows(row("One")), "young")["name"]
    admin(running, "POST", {"method": "List*", "list_lag_seconds": 600})
    assert named(running, "young") == []
    assert running.get(name)["name"] == name
    admin(running, "DELETE")
    assert named(running, "young") == [name]


@pytest.mark.parametrize(
    ("script", "state", "code"),
    [
        (
            {"state": "JOB_STATE_FAILED", "error": {"code": 13, "message": "INTERNAL"}},
            "JOB_STATE_FAILED",
            13,
        ),
        ({"state": "JOB_STATE_EXPIRED"}, "JOB_STATE_EXPIRED", None),
        (
            {"state": "JOB_STATE_PARTIALLY_SUCCEEDED", "after_share": 0.5},
            "JOB_STATE_PARTIALLY_SUCCEEDED",
            None,
        ),
        ({"state": "JOB_STATE_CANCELLED"}, "JOB_STATE_CANCELLED", 1),
    ],
)
def test_a_job_can_be_made_to_end_in_any_way(
    running: RunningVertex, script: dict[str, Any], state: str, code: int | None
) -> None:
    rule = {
        "method": "RunBatchPredictionJob",
        "labels": {"course": "scripted"},
        "script": script,
    }
    admin(running, "POST", rule)
    source = running.upload_rows(*(row(f"{n}") for n in range(10)))
    other = running.create(source)["name"]
    name = running.create(source, labels={"course": "scripted"})["name"]
    job = running.ended(name)
    assert job["state"] == state
    assert job.get("error", {}).get("code") == code
    assert running.ended(other)["state"] == "JOB_STATE_SUCCEEDED"


def test_rows_can_be_made_to_fail(running: RunningVertex) -> None:
    rows = [{"share": 0.5, "code": 8, "message": "Resource exhausted."}]
    admin(
        running, "POST", {"method": "RunBatchPredictionJob", "script": {"rows": rows}}
    )
    source = running.upload_rows(*(row(f"{n}") for n in range(50)))
    job = running.ended(running.create(source)["name"])
    failed = [line for line in running.results(job) if line["status"]]
    assert 10 < len(failed) < 40
    assert job["completionStats"]["failedCount"] == str(len(failed))


def test_grpc_calls_meet_the_same_faults(running: RunningVertex) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{running.grpc_port}") as channel:
        transport = TRANSPORTS.JobServiceGrpcTransport(channel=channel)
        client = JobServiceClient(transport=transport)

        def look(timeout: float = 10) -> Any:
            return client.list_batch_prediction_jobs(
                parent=PARENT, metadata=METADATA, timeout=timeout
            )

        for rule, error in (
            ({"error": {"code": 429}}, exceptions.ResourceExhausted),
            ({"cut": True}, exceptions.ServiceUnavailable),
            ({"delay_seconds": 20}, exceptions.DeadlineExceeded),
        ):
            admin(running, "POST", {"method": "List*", "times": 1, **rule})
            with pytest.raises(error):
                look(timeout=0.3)
            admin(running, "DELETE")
        look()
