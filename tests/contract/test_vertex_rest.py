"""
REST as curl speaks it: what the documentation prints.
"""

import json

import pytest

from tests.contract.vertex_bucket import row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_rest import JOBS, error_of
from tests.contract.vertex_server import PROJECT, RunningVertex

__all__ = ["running"]


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
