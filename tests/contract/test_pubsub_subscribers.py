"""
What the client library's own subscriber leans on, which streams, holds leases and
gives back in threads of its own: on our server and on Google's own emulator.
"""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from google.cloud.pubsub_v1.subscriber.exceptions import (
    AcknowledgeStatus,
)
from google.cloud.pubsub_v1.subscriber.message import (
    Message,
)
from google.cloud.pubsub_v1.types import (
    FlowControl,
)

from tests.contract.pubsub_servers import TIMEOUT_SECONDS, PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]


@contextmanager
def subscribed(
    pubsub: PubSub, subscription: str, callback: Callable[[Message], Any]
) -> Iterator[None]:
    """
    The library's subscriber, which streams and holds leases in threads of its own.
    """
    streaming = pubsub.subscriber.subscribe(
        subscription,
        callback=callback,
        flow_control=FlowControl(max_messages=10),
        await_callbacks_on_shutdown=True,
    )
    try:
        yield
    finally:
        streaming.cancel()
        streaming.result(TIMEOUT_SECONDS)


def test_a_subscriber_gets_and_acknowledges_every_message(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    got: queue.Queue[bytes] = queue.Queue()

    def acknowledge(message: Message) -> None:
        got.put(message.data)
        message.ack()

    sent = {f"{number}".encode() for number in range(50)}
    with subscribed(pubsub, subscription, acknowledge):
        pubsub.publish(topic, *sent)
        assert {got.get(timeout=TIMEOUT_SECONDS) for _ in sent} == sent

    assert pubsub.is_drained(subscription)


def test_a_subscriber_that_nacks_gets_the_message_again(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    got: queue.Queue[str] = queue.Queue()
    calls = count(1)

    def acknowledge_the_third(message: Message) -> None:
        (message.ack if next(calls) == 3 else message.nack)()
        got.put(message.message_id)

    with subscribed(pubsub, subscription, acknowledge_the_third):
        (message_id,) = pubsub.publish(topic, b"third time lucky")
        ids = [got.get(timeout=TIMEOUT_SECONDS) for _ in range(3)]

    assert ids == [message_id] * 3
    assert pubsub.is_drained(subscription)


def test_a_callback_that_raises_gives_its_message_back(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    got: queue.Queue[bytes] = queue.Queue()
    calls = count(1)

    def fail_once(message: Message) -> None:
        if next(calls) == 1:
            raise RuntimeError("too hard")
        message.ack()
        got.put(message.data)

    streaming = pubsub.subscriber.subscribe(subscription, callback=fail_once)
    try:
        pubsub.publish(topic, b"second try")
        assert got.get(timeout=TIMEOUT_SECONDS) == b"second try"
        with pytest.raises(RuntimeError, match="too hard"):
            streaming.result(TIMEOUT_SECONDS)
    finally:
        streaming.cancel()


def test_exactly_once_confirms_acknowledgements(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, enable_exactly_once_delivery=True)
    outcome: queue.Queue[AcknowledgeStatus] = queue.Queue()

    def acknowledge(message: Message) -> None:
        outcome.put(message.ack_with_response().result(TIMEOUT_SECONDS))

    with subscribed(pubsub, subscription, acknowledge):
        pubsub.publish(topic, b"once")
        assert outcome.get(timeout=TIMEOUT_SECONDS) == AcknowledgeStatus.SUCCESS

    assert pubsub.is_drained(subscription)
