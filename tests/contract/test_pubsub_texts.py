"""
What the service refuses and Google's emulator lets pass or words differently: asked
of our server alone, which says what the service says.
"""

from collections.abc import Callable

import pytest
from google.api_core.exceptions import (
    FailedPrecondition,
    GoogleAPICallError,
    InvalidArgument,
    MethodNotImplemented,
    NotFound,
)
from google.pubsub_v1 import SchemaServiceClient
from google.pubsub_v1.services.schema_service.transports import (
    SchemaServiceGrpcTransport,
)

from tests.contract.pubsub_servers import PROJECT, PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]

MISSING_TOPIC = f"{PROJECT}/topics/missing"
MISSING = f"{PROJECT}/subscriptions/missing"
PUSH = {"push_endpoint": "https://example.com"}

Call = Callable[[PubSub], object]

SERVICE_ONLY: dict[str, tuple[type[GoogleAPICallError], str, Call]] = {
    "100 attributes": (
        InvalidArgument,
        "too large. You passed 101 in the request, but the maximum value is 100.",
        lambda p: _publish(p, {f"key-{number}": "" for number in range(101)}),
    ),
    "256 bytes in a key": (
        InvalidArgument,
        "too large. You passed 257 in the request, but the maximum value is 256.",
        lambda p: _publish(p, {"k" * 257: ""}),
    ),
    "1,024 bytes in a value": (
        InvalidArgument,
        "too large. You passed 1026 in the request, but the maximum value is 1024.",
        lambda p: _publish(p, {"key": "ü" * 513}),
    ),
    "10 MB in a request": (
        InvalidArgument,
        "The value for request_size is too large.",
        lambda p: p.publish(p.topic(), b"x" * 10_000_000),
    ),
    "10 MiB in a payload": (
        InvalidArgument,
        "Request payload size exceeds the limit: 10485760 bytes.",
        lambda p: p.publish(p.topic(), b"x" * 20_000_000),
    ),
    "one message at least": (
        InvalidArgument,
        "The value for message_count is too small. You passed 0 in the request, but "
        "the minimum value is 1.",
        lambda p: p.publish(p.topic()),
    ),
    "ten seconds at least": (
        InvalidArgument,
        "Invalid ack deadline given (ack_deadline=9).",
        lambda p: p.subscription(p.topic(), ack_deadline_seconds=9),
    ),
    "ten minutes at most": (
        InvalidArgument,
        "Invalid ack deadline given (ack_deadline=601). The ack deadline must be "
        "between 0 and 600 seconds.",
        lambda p: p.pulls.modify_ack_deadline(
            subscription=p.subscription(p.topic()),
            ack_ids=["any"],
            ack_deadline_seconds=601,
        ),
    ),
    "labels": (
        InvalidArgument,
        'key "Upper" does not conform',
        lambda p: p.topic(labels={"Upper": "case"}),
    ),
    "a filter that is none": (
        InvalidArgument,
        "Invalid filter",
        lambda p: p.subscription(p.topic(), filter="outcome = 'failed'"),
    ),
    "a name": (
        NotFound,
        "404 Resource not found (resource=missing).",
        lambda p: p.admin.get_topic(topic=MISSING_TOPIC),
    ),
    "a list of a topic that is not there": (
        NotFound,
        "404 Resource not found (resource=missing).",
        lambda p: p.admin.list_topic_subscriptions(topic=MISSING_TOPIC),
    ),
    "another's ack id": (
        InvalidArgument,
        "You have passed an invalid ack ID to the service (ack_id=",
        lambda p: _acknowledge_for_another(p),
    ),
    "a detached subscription": (
        FailedPrecondition,
        "The subscription is detached.",
        lambda p: _pull_detached(p),
    ),
    "push": (
        InvalidArgument,
        "reaches nobody but this machine",
        lambda p: p.subscription(p.topic(), push_config=PUSH),
    ),
    "push, later": (
        InvalidArgument,
        "reaches nobody but this machine",
        lambda p: p.pulls.modify_push_config(
            {"subscription": p.subscription(p.topic()), "push_config": PUSH}
        ),
    ),
    "export": (
        MethodNotImplemented,
        "does not implement export subscriptions",
        lambda p: p.subscription(p.topic(), bigquery_config={"table": "p.d.t"}),
    ),
    "snapshots": (
        MethodNotImplemented,
        "does not implement snapshots",
        lambda p: p.pulls.create_snapshot(
            name=f"{PROJECT}/snapshots/any", subscription=MISSING
        ),
    ),
    "schemas": (
        MethodNotImplemented,
        "does not implement schemas",
        lambda p: SchemaServiceClient(
            transport=SchemaServiceGrpcTransport(channel=p.channel)
        ).list_schemas(parent=PROJECT),
    ),
}


@pytest.mark.parametrize("limit", SERVICE_ONLY)
def test_a_refusal_reads_as_the_service_writes_it(
    local_pubsub: PubSub, limit: str
) -> None:
    error, text, call = SERVICE_ONLY[limit]
    with pytest.raises(error) as refused:
        call(local_pubsub)
    assert text in str(refused.value)


def test_limits_themselves_are_legal(local_pubsub: PubSub) -> None:
    topic = local_pubsub.topic()
    subscription = local_pubsub.subscription(topic)
    attributes = {f"{number:0256}": "v" * 1_024 for number in range(100)}

    local_pubsub.publish(topic, {"data": b"x" * 9_800_000, "attributes": attributes})

    message = local_pubsub.pull_one(subscription).message
    assert (len(message.data), dict(message.attributes)) == (9_800_000, attributes)


def _publish(pubsub: PubSub, attributes: dict[str, str]) -> None:
    pubsub.publish(pubsub.topic(), {"attributes": attributes})


def _acknowledge_for_another(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    one, other = pubsub.subscription(topic), pubsub.subscription(topic)
    pubsub.publish(topic, b"one's")
    pubsub.ack(other, pubsub.pull_one(one))


def _pull_detached(pubsub: PubSub) -> None:
    subscription = pubsub.subscription(pubsub.topic())
    pubsub.admin.detach_subscription({"subscription": subscription})
    pubsub.pull(subscription)
