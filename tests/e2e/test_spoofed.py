"""
Whoever can reach a function's address can't call it: only its own caller can, and an
owner. And what an account was not granted, each service refuses in its own words.
"""

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
import requests
from google.cloud.pubsub_v1.types import PublishRequest, PublishResponse

from localcloud.access import USER
from localcloud.door.access_tokens import token_for
from localcloud.door.identity import IdentityTokens
from localcloud.door.service_accounts import account_email
from tests.e2e.granted_cloud import GrantedCloud, granted_cloud

_STORAGE_EVENT = "google.cloud.storage.object.v1.finalized"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GrantedCloud]:
    with granted_cloud(tmp_path_factory.mktemp("spoofed") / "data") as running:
        yield running


def _post(cloud: GrantedCloud, name: str, token: str | None) -> requests.Response:
    """
    An event of a file that nobody dropped, as anybody can make one up.
    """
    headers = {
        "ce-specversion": "1.0",
        "ce-id": name,
        "ce-source": "//storage.googleapis.com/projects/_/buckets/elsewhere",
        "ce-type": _STORAGE_EVENT,
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = {
        "bucket": f"bucket-of-{name}",
        "name": "demo/a.jsonl",
        "generation": "1",
        "size": "1",
        "timeCreated": "2026-11-23T12:00:00Z",
    }
    return requests.post(
        cloud.url("submit_job"), json=body, headers=headers, timeout=30
    )


def test_a_spoofed_event_never_reaches_the_function(
    cloud: GrantedCloud, tmp_path: Any
) -> None:
    url = cloud.url("submit_job")
    trigger = cloud.deployment.account("trigger")
    developer = account_email(USER, cloud.deployment.project)
    forged = IdentityTokens(tmp_path).token(trigger, url)
    elsewhere = cloud.identity("trigger", cloud.url("poll_jobs"))

    answers = {
        "nobody": _post(cloud, "nobody", None),
        "scheduler": _post(cloud, "scheduler", cloud.identity("scheduler", url)),
        "itself": _post(cloud, "itself", cloud.identity("submit_job", url)),
        "forged": _post(cloud, "forged", forged),
        "elsewhere": _post(cloud, "elsewhere", elsewhere),
        "access": _post(cloud, "access", token_for(trigger)),
        "trigger": _post(cloud, "trigger", cloud.identity("trigger", url)),
        "owner": _post(cloud, "owner", cloud.identity(developer, url)),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        **dict.fromkeys(("nobody", "scheduler", "itself"), 403),
        **dict.fromkeys(("forged", "elsewhere", "access"), 401),
        **dict.fromkeys(("trigger", "owner"), 200),
    }
    # The function says of each event that it was given what it makes of it.
    for name in ("trigger", "owner"):
        cloud.until(lambda name=name: _is_told(cloud, name))  # type: ignore[misc]  # a claim
    told = [name for name in answers if _is_told(cloud, name)]
    assert told == ["trigger", "owner"]


def _is_told(cloud: GrantedCloud, name: str) -> bool:
    return any(f"bucket-of-{name}'" in line for line in cloud.lines)


def test_nobody_else_can_tick(cloud: GrantedCloud) -> None:
    url = cloud.url("poll_jobs")
    for role, status in (("trigger", 403), ("poll_jobs", 403), ("scheduler", 200)):
        headers = {"Authorization": f"Bearer {cloud.identity(role, url)}"}
        assert requests.post(url, headers=headers, timeout=30).status_code == status


def test_publishing_is_the_polls_alone(cloud: GrantedCloud) -> None:
    """
    Over both transports, in Pub/Sub's words.
    """
    topic = cloud.deployment.topic
    refused = "User not authorized to perform this action."
    for role, is_allowed in (("poll_jobs", True), ("submit_job", False)):
        bearer = f"Bearer {token_for(cloud.deployment.account(role))}"
        status, told = cloud.ask(
            "pubsub.googleapis.com",
            f"/v1/{topic}:publish",
            {"messages": [{"attributes": {"a": "b"}}]},
            bearer,
        )
        if is_allowed:
            assert status == 200
        else:
            assert (status, told["error"]["message"]) == (403, refused)
            assert told["error"]["status"] == "PERMISSION_DENIED"

        with grpc.insecure_channel(cloud.pubsub_address) as channel:
            publish: Any = channel.unary_unary(
                "/google.pubsub.v1.Publisher/Publish",
                request_serializer=PublishRequest.serialize,
                response_deserializer=PublishResponse.deserialize,
            )
            request = PublishRequest(topic=topic, messages=[{"attributes": {"a": "b"}}])
            metadata = (("authorization", bearer),)
            if is_allowed:
                assert publish(request, metadata=metadata).message_ids
                continue
            with pytest.raises(grpc.RpcError) as error:
                publish(request, metadata=metadata)
            assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
            assert error.value.details() == refused


def test_following_jobs_is_the_polls_alone(cloud: GrantedCloud) -> None:
    host = "us-central1-aiplatform.googleapis.com"
    parent = f"projects/{cloud.deployment.project}/locations/us-central1"
    for role, expected in (("poll_jobs", 200), ("submit_job", 403)):
        bearer = f"Bearer {token_for(cloud.deployment.account(role))}"
        status, told = cloud.ask(
            host, f"/v1/{parent}/batchPredictionJobs", None, bearer
        )
        assert status == expected
    assert told["error"]["message"] == (
        "Permission 'aiplatform.batchPredictionJobs.list' denied on resource "
        f"'//aiplatform.googleapis.com/{parent}' (or it may not exist)."
    )


def test_what_was_asked_for_can_be_seen(cloud: GrantedCloud) -> None:
    status, told = cloud.ask("127.0.0.1", "/admin/asked", None, "")

    assert status == 200
    assert set(told) == {"allowed", "refused"}
    assert {"account", "permission", "resource"} == set(told["allowed"][0])
    refused = json.dumps(told["refused"])
    assert "run.routes.invoke" in refused
    assert "pubsub.topics.publish" in refused
