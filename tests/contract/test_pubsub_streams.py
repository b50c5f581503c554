"""
What the bare stream does under a subscriber: on our server and on Google's own
emulator.
"""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest
from google.api_core.exceptions import InvalidArgument, NotFound
from google.pubsub_v1.types import StreamingPullRequest

from tests.contract.pubsub_servers import PROJECT, TIMEOUT_SECONDS, PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]


class BareStream:
    """
    One StreamingPull call: requests go in as they are, replies are queued.
    """

    def __init__(self, pubsub: PubSub, first: StreamingPullRequest) -> None:
        self._requests: queue.Queue[StreamingPullRequest | None] = queue.Queue()
        self.send(first)
        self._call: Any = pubsub.pulls.streaming_pull(
            requests=iter(self._requests.get, None), timeout=TIMEOUT_SECONDS
        )
        self._replies = iter(self._call)

    def send(self, request: StreamingPullRequest | None) -> None:
        """
        None says that nothing more will be sent.
        """
        self._requests.put(request)

    def messages(self, most: int) -> list[Any]:
        """
        That many messages, or fewer if the stream ends.
        """
        each = (got for reply in self._replies for got in reply.received_messages)
        return list(islice(each, most))

    def replies(self) -> list[Any]:
        """
        All that comes until the server ends the stream.
        """
        return list(self._replies)

    def close(self) -> None:
        self.send(None)
        self._call.cancel()


@contextmanager
def streaming(pubsub: PubSub, subscription: str, **first: Any) -> Iterator[BareStream]:
    first = {"stream_ack_deadline_seconds": 10, **first}
    stream = BareStream(
        pubsub, StreamingPullRequest(subscription=subscription, **first)
    )
    try:
        yield stream
    finally:
        stream.close()


def test_a_stream_brings_what_is_there_and_what_comes(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"there")

    with streaming(pubsub, subscription) as stream:
        assert [each.message.data for each in stream.messages(1)] == [b"there"]
        pubsub.publish(topic, b"comes")
        assert [each.message.data for each in stream.messages(1)] == [b"comes"]


def test_acknowledgements_on_the_stream_count(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"done", b"given back")

    with streaming(pubsub, subscription) as stream:
        by_data = {each.message.data: each.ack_id for each in stream.messages(2)}
        stream.send(
            StreamingPullRequest(
                ack_ids=[by_data[b"done"]],
                modify_deadline_ack_ids=[by_data[b"given back"]],
                modify_deadline_seconds=[0],
            )
        )
        (again,) = stream.messages(1)
        assert again.message.data == b"given back"
        pubsub.ack(subscription, again)

    assert pubsub.is_drained(subscription)


@pytest.mark.parametrize(
    "limit", [{"max_outstanding_messages": 2}, {"max_outstanding_bytes": 6_000}]
)
def test_a_stream_holds_no_more_than_it_asked_for(
    pubsub: PubSub, limit: dict[str, int]
) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    with streaming(pubsub, subscription, **limit) as stream:
        pubsub.publish(topic, b"1" * 4_000)
        pubsub.publish(topic, b"2" * 4_000)
        held = stream.messages(2)
        pubsub.publish(topic, b"3" * 4_000)
        # The third is not on its way to the stream: somebody else can have it.
        pubsub.ack(subscription, pubsub.pull_one(subscription))

        pubsub.publish(topic, b"4" * 4_000)
        pubsub.ack(subscription, *held)
        (fourth,) = stream.messages(1)

    assert fourth.message.data == b"4" * 4_000


def test_a_silent_stream_gets_what_others_let_lapse(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"lapsed")
    received = pubsub.pull_one(subscription)

    with streaming(pubsub, subscription) as stream:
        pubsub.deadline(subscription, 1, received)
        assert [each.message.data for each in stream.messages(1)] == [b"lapsed"]


def test_two_streams_share_a_subscription(local_pubsub: PubSub) -> None:
    """
    The emulator lets one of them have what is published together.
    """
    topic = local_pubsub.topic()
    subscription = local_pubsub.subscription(topic)
    one_each = {"max_outstanding_messages": 1}
    with (
        streaming(local_pubsub, subscription, **one_each) as one,
        streaming(local_pubsub, subscription, **one_each) as other,
    ):
        local_pubsub.publish(topic, b"1", b"2")
        got = [each.message.data for each in one.messages(1) + other.messages(1)]

    assert sorted(got) == [b"1", b"2"]


def test_a_stream_ends_well_when_its_client_has_no_more_to_say(
    pubsub: PubSub,
) -> None:
    subscription = pubsub.subscription(pubsub.topic())
    with streaming(pubsub, subscription) as stream:
        stream.send(None)
        assert not any(reply.received_messages for reply in stream.replies())


def test_a_stream_on_nothing_is_refused(pubsub: PubSub) -> None:
    missing = f"{PROJECT}/subscriptions/missing"
    with streaming(pubsub, missing) as stream, pytest.raises(NotFound):
        stream.replies()


@pytest.mark.parametrize(
    "wrong",
    [
        {"subscription": ""},
        {"stream_ack_deadline_seconds": 0},
        {"stream_ack_deadline_seconds": 9},
        {"stream_ack_deadline_seconds": 601},
    ],
)
def test_a_stream_has_to_begin_right(pubsub: PubSub, wrong: dict[str, Any]) -> None:
    first = {"subscription": pubsub.subscription(pubsub.topic()), **wrong}
    with streaming(pubsub, **first) as stream, pytest.raises(InvalidArgument):
        stream.replies()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ack_ids": ["no ack id"]},
        {"modify_deadline_ack_ids": ["without a deadline"]},
        {"subscription": f"{PROJECT}/subscriptions/another"},
    ],
)
def test_a_stream_has_to_go_on_right(pubsub: PubSub, wrong: dict[str, Any]) -> None:
    subscription = pubsub.subscription(pubsub.topic())
    with streaming(pubsub, subscription) as stream:
        stream.send(StreamingPullRequest(**wrong))
        with pytest.raises(InvalidArgument):
            stream.replies()
