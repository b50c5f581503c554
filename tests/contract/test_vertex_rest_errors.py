"""
REST as curl speaks it: what goes wrong.
"""

import socket
from typing import Any

import pytest

from localcloud.pubsub.refusals import unauthenticated
from tests.contract.vertex_bucket import row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_rest import JOBS, error_of
from tests.contract.vertex_server import PARENT, PROJECT, RunningVertex

__all__ = ["running"]


def test_an_unknown_field_is_refused_in_googles_words(running: RunningVertex) -> None:
    body = running.body("gs://a-bucket/x", unheardOf=1)
    error = error_of(running.call("POST", JOBS, json=body), 400)
    assert error["message"] == (
        'Invalid JSON payload received. Unknown name "unheardOf" at '
        "'batch_prediction_job': Cannot find field."
    )
    assert error["details"][0]["@type"].endswith("google.rpc.BadRequest")


def test_fields_of_one_version_are_unknown_to_the_other(running: RunningVertex) -> None:
    body = running.body("gs://a-bucket/x", modelMonitoringConfig={})
    error = error_of(running.call("POST", JOBS, json=body), 400)
    assert "modelMonitoringConfig" in error["message"]
    answer = running.call("POST", JOBS, json=body, version="v1beta1")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "words"),
    [
        ("POST", JOBS, {"data": b"{"}, 400, "Invalid JSON payload"),
        ("POST", JOBS, {"data": b"\xff\xfe"}, 400, "Invalid JSON payload"),
        ("POST", JOBS, {"data": b"[1]"}, 400, "Root element must be a message"),
        ("POST", JOBS, {"data": b""}, 400, "Required field is not set"),
        ("POST", JOBS, {"params": {"x": "1"}}, 400, "Cannot bind query parameter"),
        ("GET", JOBS, {"params": {"orderBy": "name"}}, 400, "Cannot bind query"),
        ("GET", JOBS, {"params": {"pageSize": "many"}}, 400, "TYPE_INT32"),
        ("GET", JOBS, {"params": {"pageSize": "-1"}}, 400, "page_size"),
        ("GET", JOBS, {"params": {"readMask": "x"}}, 400, "read mask"),
        ("GET", JOBS, {"params": {"filter": "x"}}, 400, "Invalid list filter"),
        ("GET", f"{JOBS}/12", {}, 404, "does not exist"),
        ("GET", f"{JOBS}/ä%20b", {}, 404, "does not exist"),
        ("POST", f"{JOBS}/12:cancel", {}, 404, "does not exist"),
        ("POST", f"{JOBS}/12:cancel", {"data": b'{"x": 1}'}, 400, "Unknown name"),
        ("DELETE", f"{JOBS}/12", {}, 404, "does not exist"),
        ("GET", f"{PARENT}/operations/12", {}, 404, "not found"),
        ("POST", f"{JOBS}/12:pause", {}, 404, "Method not found"),
        ("PATCH", f"{JOBS}/12", {}, 404, "Method not found"),
        ("GET", f"projects/{PROJECT}/locations/EU/batchPredictionJobs/1", {}, 400, ""),
        ("GET", f"{PARENT}/endpoints", {}, 501, "batch prediction jobs only"),
        ("POST", f"{PARENT}/publishers/google/models/x:generateContent", {}, 501, ""),
    ],
)
def test_what_is_wrong_gets_googles_error(
    running: RunningVertex,
    method: str,
    path: str,
    more: dict[str, Any],
    status: int,
    words: str,
) -> None:
    error = error_of(running.call(method, path, **more), status)
    assert words in error["message"]


def test_a_call_without_a_token_is_unauthenticated(running: RunningVertex) -> None:
    answer = running.call("GET", JOBS, headers={"Authorization": None})
    error = error_of(answer, 401)
    assert error["status"] == "UNAUTHENTICATED"
    # As Pub/Sub says it, since a front end that is the same for both does.
    theirs = unauthenticated("")
    assert error["message"] == theirs.message
    (info,) = error["details"]
    assert info["reason"] == "CREDENTIALS_MISSING"
    assert info["metadata"]["service"] == "aiplatform.googleapis.com"


@pytest.mark.parametrize("fields", ["a(", ",", "a/"])
def test_a_create_whose_answer_can_t_be_shown_makes_no_job(
    running: RunningVertex, fields: str
) -> None:
    body = running.body(running.upload_rows(row("One")), displayName="never made")
    answer = running.call("POST", JOBS, json=body, params={"fields": fields})

    error_of(answer, 400)
    listed = running.call("GET", JOBS, params={"filter": 'display_name="never made"'})
    assert listed.json() == {}


def test_a_very_large_request_is_refused(running: RunningVertex) -> None:
    answer = running.call("POST", JOBS, data=b" " * (3 << 20))
    assert answer.status_code in (400, 413)
    assert running.call("GET", JOBS).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
        b"GET / HTTP/1.1\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_client_that_goes_wrong_harms_nobody(
    running: RunningVertex, sent: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as rude:
        rude.sendall(sent)
    assert running.call("GET", JOBS).status_code == 200
