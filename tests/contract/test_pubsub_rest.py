"""
REST: what it shows of what is there, as it is asked to.
"""

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest

from tests.contract.pubsub_rest import Answer
from tests.contract.pubsub_servers import PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]


@pytest.fixture
def topic(local_pubsub: PubSub) -> str:
    return local_pubsub.topic()


@pytest.fixture
def subscription(local_pubsub: PubSub, topic: str) -> str:
    return local_pubsub.subscription(topic)


@pytest.mark.parametrize("size", ["pageSize=1", "page_size=1&$.xgafv=2&alt=json"])
def test_a_list_comes_in_pages(local_pubsub: PubSub, size: str) -> None:
    project = f"projects/pages-{uuid4().hex}"
    for name in ("aaa", "bbb"):
        assert local_pubsub.rest("PUT", f"{project}/topics/{name}", {}).status == 200

    first = local_pubsub.rest("GET", f"{project}/topics?{size}").body
    token = first["nextPageToken"]
    second = local_pubsub.rest("GET", f"{project}/topics?{size}&pageToken={token}").body

    assert [each["name"][-3:] for each in first["topics"]] == ["aaa"]
    assert [each["name"][-3:] for each in second["topics"]] == ["bbb"]
    assert "nextPageToken" not in second


def test_only_the_fields_that_are_asked_for_are_shown(
    local_pubsub: PubSub, subscription: str
) -> None:
    shown = local_pubsub.rest("GET", f"{subscription}?fields=expirationPolicy/ttl,name")
    wrong = local_pubsub.rest("GET", f"{subscription}?fields=a(")

    assert shown.body == {
        "name": subscription,
        "expirationPolicy": {"ttl": "2678400s"},
    }
    assert wrong.status == 400


def test_enums_are_numbers_for_who_wants_them(local_pubsub: PubSub, topic: str) -> None:
    """
    Google's Python library asks so over REST.
    """
    shown = local_pubsub.rest("GET", f"{topic}?$alt=json;enum-encoding=int")
    assert shown.body["state"] == 1


def test_an_update_changes_what_its_mask_names(
    local_pubsub: PubSub, subscription: str
) -> None:
    changed = local_pubsub.rest(
        "PATCH",
        subscription,
        {
            "subscription": {"ackDeadlineSeconds": 60, "labels": {"a": "b"}},
            "updateMask": "ackDeadlineSeconds",
        },
    )

    assert changed.status == 200, changed.body
    assert changed.body["ackDeadlineSeconds"] == 60
    assert "labels" not in changed.body


def test_a_mask_in_the_query_does_as_well(local_pubsub: PubSub, topic: str) -> None:
    """
    Terraform's provider sends it there, beside a body.
    """
    changed = local_pubsub.rest(
        "PATCH", f"{topic}?updateMask=labels", {"topic": {"labels": {"team": "a"}}}
    )
    assert changed.status == 200, changed.body
    assert changed.body["labels"] == {"team": "a"}


def test_an_answer_is_pretty_unless_it_is_not_to_be(
    local_pubsub: PubSub, topic: str
) -> None:
    def length(query: str) -> int:
        answer = local_pubsub.rest("GET", f"{topic}{query}")
        return int(answer.headers["Content-Length"])

    assert length("?prettyPrint=false") < length("")


def test_a_policy_is_kept_and_guarded_by_its_etag(
    local_pubsub: PubSub, topic: str
) -> None:
    def policy(role: str, **etag: str) -> dict[str, Any]:
        bindings = [{"role": role, "members": ["user:a@example.com"]}]
        return {"policy": {"bindings": bindings, **etag}}

    first = local_pubsub.rest("GET", f"{topic}:getIamPolicy").body
    assert first == {"etag": "ACAB"}
    asked = policy("roles/pubsub.publisher", etag="ACAB")
    kept = local_pubsub.rest("POST", f"{topic}:setIamPolicy", asked).body
    shown = local_pubsub.rest(
        "GET", f"{topic}:getIamPolicy?options.requestedPolicyVersion=3"
    ).body
    late = local_pubsub.rest("POST", f"{topic}:setIamPolicy", asked)

    assert shown == kept
    assert kept["bindings"][0]["role"] == "roles/pubsub.publisher"
    assert (late.status, late.error["status"]) == (409, "ABORTED")
    local_pubsub.rest("DELETE", topic)
    local_pubsub.rest("PUT", topic, {})
    assert local_pubsub.rest("GET", f"{topic}:getIamPolicy").body == first


def test_whoever_has_a_token_may_do_everything(
    local_pubsub: PubSub, subscription: str
) -> None:
    def tested(*permissions: str) -> Answer:
        path = f"{subscription}:testIamPermissions"
        return local_pubsub.rest("POST", path, {"permissions": permissions})

    assert tested("pubsub.subscriptions.consume").body == {
        "permissions": ["pubsub.subscriptions.consume"]
    }
    assert tested("pubsub.subscriptions.fly").status == 400


def test_what_went_in_over_rest_comes_out_over_grpc(
    local_pubsub: PubSub, topic: str, subscription: str
) -> None:
    message = {"data": b64encode(b"\x00\xff").decode(), "attributes": {"a": "ü"}}
    sent = local_pubsub.rest("POST", f"{topic}:publish", {"messages": [message]})

    received = local_pubsub.pull_one(subscription)

    assert sent.body == {"messageIds": [received.message.message_id]}
    assert received.message.data == b"\x00\xff"
    assert json.loads(json.dumps(dict(received.message.attributes))) == {"a": "ü"}
