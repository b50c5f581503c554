"""
REST in Google's own words for what can't be answered, and nothing brings it down.
"""

import socket
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

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
