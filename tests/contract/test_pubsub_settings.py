"""
What a subscription's settings promise: on our server and on Google's own emulator.

Filters and retry policies are not here, since the emulator ignores the ones and
begins with the second failure of the others.
"""

from datetime import UTC, datetime, timedelta

import pytest
from google.api_core.exceptions import InvalidArgument

from tests.contract.pubsub_servers import PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]


def test_messages_of_an_ordering_key_come_in_order(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, enable_message_ordering=True)
    sent = [f"{number}".encode() for number in range(5)]
    for data in sent:
        pubsub.publish(topic, {"data": data, "ordering_key": "one"})

    received: list[bytes] = []
    while len(received) < len(sent):
        batch = pubsub.pull(subscription, most=2)
        received += [each.message.data for each in batch]
        pubsub.ack(subscription, *batch)

    assert received == sent


def test_messages_of_an_ordering_key_come_in_order_again(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, enable_message_ordering=True)
    sent = [b"1", b"2", b"3"]
    pubsub.publish(topic, *({"data": data, "ordering_key": "one"} for data in sent))

    pubsub.nack(subscription, *pubsub.pull_all(subscription, len(sent)))

    again = pubsub.pull_all(subscription, len(sent))
    assert [each.message.data for each in again] == sent


def test_nobody_else_gets_messages_of_a_held_ordering_key(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, enable_message_ordering=True)
    keyed = [{"data": data, "ordering_key": "one"} for data in (b"1", b"2")]
    pubsub.publish(topic, *keyed)

    first = pubsub.pull_one(subscription)
    assert pubsub.is_drained(subscription)

    pubsub.ack(subscription, first)
    assert pubsub.pull_one(subscription).message.data == b"2"


def test_exactly_once_refuses_an_acknowledgement_that_is_too_late(
    pubsub: PubSub,
) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, enable_exactly_once_delivery=True)
    pubsub.publish(topic, b"once")
    late = pubsub.pull_one(subscription)
    pubsub.nack(subscription, late)

    with pytest.raises(InvalidArgument) as refused:
        pubsub.ack(subscription, late)

    assert refused.value.reason == "EXACTLY_ONCE_ACKID_FAILURE"
    assert refused.value.metadata == {late.ack_id: "PERMANENT_FAILURE_INVALID_ACK_ID"}
    pubsub.ack(subscription, pubsub.pull_one(subscription))


def test_a_seek_to_now_acknowledges_the_backlog(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"old")

    target = datetime.now(UTC) + timedelta(seconds=5)
    pubsub.pulls.seek({"subscription": subscription, "time": target})

    assert pubsub.is_drained(subscription)


def test_a_seek_back_brings_what_was_retained(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, retain_acked_messages=True)
    pubsub.publish(topic, b"kept")
    pubsub.ack(subscription, pubsub.pull_one(subscription))

    target = datetime.now(UTC) - timedelta(minutes=1)
    pubsub.pulls.seek({"subscription": subscription, "time": target})

    assert pubsub.pull_one(subscription).message.data == b"kept"


def test_a_filter_wants_its_own_messages_only(local_pubsub: PubSub) -> None:
    topic = local_pubsub.topic()
    everything = local_pubsub.subscription(topic)
    failures = local_pubsub.subscription(
        topic, filter='attributes.outcome = "failed" AND NOT attributes:ce-late'
    )
    local_pubsub.publish(
        topic,
        {"attributes": {"outcome": "completed"}},
        {"attributes": {"outcome": "failed"}},
        {"attributes": {"outcome": "failed", "ce-late": "yes"}},
    )

    (wanted,) = local_pubsub.pull(failures)
    assert dict(wanted.message.attributes) == {"outcome": "failed"}
    assert len(local_pubsub.pull_all(everything, 3)) == 3
