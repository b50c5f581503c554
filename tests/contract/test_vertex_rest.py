"""
REST as curl speaks it: what the documentation prints, and what goes wrong.
"""

import json
import socket
from typing import Any

import pytest

from localcloud.pubsub.refusals import unauthenticated
from tests.contract.vertex_bucket import row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_server import PARENT, PROJECT, RunningVertex

__all__ = ["running"]

JOBS = f"{PARENT}/batchPredictionJobs"


def error_of(answer: Any, status: int) -> dict[str, Any]:
    """
    The error, which must be in Google's shape.
    """
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == status
    assert error["message"]
    assert error["status"].isupper()
    return error


def test_the_documented_request_gets_the_documented_answer(
    running: RunningVertex,
) -> None:
    source = running.upload_rows(row("One"))
    created = running.create(source, "documented")
    assert list(created) == [
        "name",
        "displayName",
        "model",
        "inputConfig",
        "outputConfig",
        "state",
        "createTime",
        "updateTime",
        "modelVersionId",
    ]
    # `uris` was sent as a bare string.
    assert created["inputConfig"]["gcsSource"] == {"uris": [source]}
    assert created["state"] == "JOB_STATE_PENDING"
    done = running.ended(created["name"])
    assert done["completionStats"] == {"successfulCount": "1"}


def test_a_project_is_named_by_id_or_by_number(running: RunningVertex) -> None:
    name = running.create(running.upload_rows(row("One")))["name"]
    number = name.split("/")[1]
    assert number.isdecimal()
    by_id = name.replace(number, PROJECT, 1)
    assert running.get(by_id)["name"] == running.get(name)["name"] == name


def test_enums_are_numbers_for_whom_it_pleases(running: RunningVertex) -> None:
    name = running.create(running.upload_rows(row("One")), "numbers")["name"]
    running.ended(name)
    asked = {"$alt": "json;enum-encoding=int"}
    assert running.call("GET", name, params=asked).json()["state"] == 4
    query = asked | {"filter": 'display_name="numbers"'}
    (listed,) = running.call("GET", JOBS, params=query).json()["batchPredictionJobs"]
    assert listed["state"] == 4


def test_answers_are_pretty_unless_asked_not_to(running: RunningVertex) -> None:
    answer = running.call("GET", JOBS)
    assert answer.text.startswith('{\n  "batchPredictionJobs": [\n')
    compact = running.call("GET", JOBS, params={"prettyPrint": "false"})
    assert compact.text.count("\n") == 1


def test_an_empty_list_is_an_empty_object(running: RunningVertex) -> None:
    nowhere = f"projects/{PROJECT}/locations/europe-west4/batchPredictionJobs"
    assert running.call("GET", nowhere).json() == {}


def test_a_read_mask_is_a_text(running: RunningVertex) -> None:
    running.create(running.upload_rows(row("One")), "masked")
    query = {"filter": "display_name=masked", "readMask": "displayName,create_time"}
    (shown,) = running.call("GET", JOBS, params=query).json()["batchPredictionJobs"]
    assert list(shown) == ["displayName", "createTime"]


def test_a_cancel_answers_an_empty_object(running: RunningVertex) -> None:
    for body in (None, "{}"):
        name = running.create(running.upload_rows(row("One")))["name"]
        answer = running.call("POST", f"{name}:cancel", data=body)
        assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_deletion_is_an_operation(running: RunningVertex, version: str) -> None:
    name = running.create(running.upload_rows(row("One")))["name"]
    running.ended(name)
    operation = running.call("DELETE", name, version=version).json()
    assert operation["done"] is True
    assert operation["metadata"]["@type"] == (
        f"type.googleapis.com/google.cloud.aiplatform.{version}.DeleteOperationMetadata"
    )
    assert operation["response"] == {
        "@type": "type.googleapis.com/google.protobuf.Empty"
    }
    again = running.call("GET", operation["name"], version=version)
    assert again.json() == operation
    error_of(running.call("GET", name), 404)


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


def test_only_the_fields_that_are_asked_for_are_shown(running: RunningVertex) -> None:
    created = running.create(running.upload_rows(row("One")), "selected")
    name = created["name"]

    one = running.call("GET", name, params={"fields": "name,inputConfig/gcsSource"})
    page = running.call(
        "GET", JOBS, params={"$fields": "batchPredictionJobs(displayName)"}
    )
    wrong = running.call("GET", name, params={"fields": "a("})

    assert one.json() == {
        "name": name,
        "inputConfig": {"gcsSource": created["inputConfig"]["gcsSource"]},
    }
    assert {"displayName": "selected"} in page.json()["batchPredictionJobs"]
    assert all(list(each) == ["displayName"] for each in page.json().popitem()[1])
    assert "fields=a(" in error_of(wrong, 400)["message"]


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
    ("host", "status"),
    [
        ("us-central1-aiplatform.googleapis.com", 200),
        ("europe-west4-aiplatform.googleapis.com", 404),
        ("aiplatform.googleapis.com", 404),
        ("aiplatform.us.rep.googleapis.com", 404),
    ],
)
def test_a_location_is_served_by_its_own_host(
    running: RunningVertex, host: str, status: int
) -> None:
    answer = running.call("GET", JOBS, headers={"Host": host})
    assert answer.status_code == status
    if status == 404:
        assert answer.headers["Content-Type"].startswith("text/html")
    everywhere = JOBS.replace("us-central1", "global")
    answer = running.call("GET", everywhere, headers={"Host": host})
    assert answer.status_code == (200 if host == "aiplatform.googleapis.com" else 404)


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


def test_what_is_not_sent_is_what_a_client_sent(running: RunningVertex) -> None:
    """
    A job shows the client's own fields as they were, and no others.
    """
    body = running.body(
        "gs://a-bucket/ünïcode *.jsonl", "日本 \u2028 <b>", labels={"é": ""}
    )
    created = running.call("POST", JOBS, data=json.dumps(body)).json()
    body["inputConfig"]["gcsSource"]["uris"] = ["gs://a-bucket/ünïcode *.jsonl"]
    assert {key: created[key] for key in body} == body
    running.call("POST", f"{created['name']}:cancel")
