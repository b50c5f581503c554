"""
REST in Google's own words: what it asks, shows and refuses.
"""

import json
import socket
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from tests.contract.pubsub_rest import Answer
from tests.contract.pubsub_servers import PROJECT, PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]


@pytest.fixture
def topic(local_pubsub: PubSub) -> str:
    return local_pubsub.topic()


@pytest.fixture
def subscription(local_pubsub: PubSub, topic: str) -> str:
    return local_pubsub.subscription(topic)


def test_a_call_without_a_token_is_refused_in_googles_words(
    local_pubsub: PubSub, topic: str
) -> None:
    answer = local_pubsub.rest("GET", topic, token=None)

    assert answer.status == 401
    assert answer.error["status"] == "UNAUTHENTICATED"
    assert answer.error["message"].startswith(
        "Request is missing required authentication credential. Expected OAuth 2 "
    )
    assert answer.error["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "CREDENTIALS_MISSING",
            "domain": "googleapis.com",
            "metadata": {
                "method": "google.pubsub.v1.Publisher.GetTopic",
                "service": "pubsub.googleapis.com",
            },
        }
    ]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


BROKEN: dict[str, tuple[Any, str]] = {
    "no JSON": (b"{", "Invalid JSON payload received."),
    "a list": ([], "Root element must be a message."),
    "not even text": (b"\xff\xfe", "Invalid JSON payload received."),
    "too deep": (b'{"messages":' + b"[" * 200_000, "Invalid JSON payload received."),
    "an unknown field": (
        {"message": []},
        'Invalid JSON payload received. Unknown name "message": Cannot find field.',
    ),
    "an unknown field inside": (
        {"messages": [{"body": "eA=="}]},
        "Invalid JSON payload received. Unknown name \"body\" at 'messages[0]': "
        "Cannot find field.",
    ),
    "no base64": (
        {"messages": [{"data": "###"}]},
        "Invalid value at 'messages[0].data' (TYPE_BYTES), Base64 decoding failed for "
        '"###"',
    ),
    "a number for a text": (
        {"messages": [{"orderingKey": 5}]},
        "Invalid value at 'messages[0].ordering_key' (TYPE_STRING), 5",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_told_field_by_field(
    local_pubsub: PubSub, topic: str, case: str
) -> None:
    body, text = BROKEN[case]

    answer = local_pubsub.rest("POST", f"{topic}:publish", body)

    assert answer.status == 400
    assert answer.error["status"] == "INVALID_ARGUMENT"
    assert text in answer.error["message"]


def test_a_wrong_field_is_named_in_the_details(
    local_pubsub: PubSub, subscription: str
) -> None:
    answer = local_pubsub.rest("POST", f"{subscription}:pull", {"maxMessages": "many"})

    text = "Invalid value at 'max_messages' (TYPE_INT32), \"many\""
    assert answer.error["message"] == text
    assert answer.error["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": "max_messages", "description": text}],
        }
    ]


def test_an_unknown_parameter_can_not_be_bound(local_pubsub: PubSub) -> None:
    answer = local_pubsub.rest("GET", f"{PROJECT}/topics?pageSiez=1")

    assert answer.error["message"] == (
        'Invalid JSON payload received. Unknown name "pageSiez": Cannot bind query '
        "parameter. Field 'pageSiez' could not be found in request message."
    )


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


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "snapshots"),
        ("PUT", "snapshots/snap"),
        ("GET", "schemas"),
        ("POST", "schemas"),
        ("GET", "topics/abc/snapshots"),
    ],
)
def test_what_is_left_out_says_so(local_pubsub: PubSub, verb: str, path: str) -> None:
    answer = local_pubsub.rest(verb, f"{PROJECT}/{path}", {} if verb != "GET" else None)

    assert answer.status == 501
    assert answer.error["status"] == "UNIMPLEMENTED"
    assert "does not implement s" in answer.error["message"]


def test_no_such_call_is_not_found(local_pubsub: PubSub, topic: str) -> None:
    answer = local_pubsub.rest("POST", f"{topic}:explode", {})

    assert answer.error["status"] == "NOT_FOUND"


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


def test_a_payload_that_is_too_large_is_refused(
    local_pubsub: PubSub, topic: str
) -> None:
    data = b64encode(bytes(10_485_761)).decode()

    answer = local_pubsub.rest(
        "POST", f"{topic}:publish", {"messages": [{"data": data}]}
    )

    assert answer.status == 400
    assert answer.error["message"] == (
        "Request payload size exceeds the limit: 10485760 bytes."
    )


def test_half_requests_and_many_connections_bring_nothing_down(
    local_pubsub: PubSub, topic: str
) -> None:
    """
    Each ends in an answer or a closed connection, and the next call is answered.
    """
    host, _, port = local_pubsub.rest.address.partition(":")
    head = f"POST /v1/{topic}:publish HTTP/1.1\r\nHost: pubsub.googleapis.com\r\n"
    halves = [
        "GET",
        head,
        f"{head}Content-Length: 100\r\n\r\n{{",
        f"{head}Content-Length: x\r\n\r\n",
        f"{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x00\x01",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]

    def send(half: str) -> None:
        with closing(socket.create_connection((host, int(port)), 5)) as connection:
            connection.sendall(half.encode("latin-1"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, halves * 40))

    assert local_pubsub.rest("GET", topic).body["name"] == topic


def test_what_went_in_over_rest_comes_out_over_grpc(
    local_pubsub: PubSub, topic: str, subscription: str
) -> None:
    message = {"data": b64encode(b"\x00\xff").decode(), "attributes": {"a": "ü"}}
    sent = local_pubsub.rest("POST", f"{topic}:publish", {"messages": [message]})

    received = local_pubsub.pull_one(subscription)

    assert sent.body == {"messageIds": [received.message.message_id]}
    assert received.message.data == b"\x00\xff"
    assert json.loads(json.dumps(dict(received.message.attributes))) == {"a": "ü"}
