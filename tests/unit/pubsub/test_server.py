"""
What the server does beside answering: it stops, comes back, and ends streams.
"""

import asyncio
import queue
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import NotFound, ServiceUnavailable
from google.pubsub_v1.types import StreamingPullRequest, StreamingPullResponse

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.server import start
from localcloud.pubsub.service.front import Front
from localcloud.pubsub.service.subscriber import Subscriber
from localcloud.pubsub.wire import PullRequest
from tests.contract.pubsub_servers import TIMEOUT_SECONDS, PubSub
from tests.everybody import any_token, owners
from tests.loop_thread import LoopThread
from tests.unit.pubsub.brokers import SUBSCRIPTION, Bench

PROMPTLY_SECONDS = 2


class Server:
    """
    A server in a thread, which can be stopped and started again on its port.
    """

    def __init__(self, loop: LoopThread, folder: Path) -> None:
        self._loop = loop
        self._folder = folder
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        async def begin() -> None:
            self._broker = Broker(self._folder)
            front = Front(self._broker, token_fault=any_token, permits=owners())
            self._server, self._port = await start(front, port=self._port)

        self._loop.run(begin())

    def stop(self) -> None:
        async def end() -> None:
            await self._server.stop(None)
            self._broker.close()

        self._loop.run(end())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with LoopThread().running() as loop:
        running = Server(loop, tmp_path)
        yield running
        running.stop()


@pytest.fixture
def pubsub(server: Server) -> Iterator[PubSub]:
    clients = PubSub("local", server.address)
    yield clients
    clients.channel.close()


def opened(pubsub: PubSub, subscription: str, **first: Any) -> "Stream":
    return Stream(pubsub, {"subscription": subscription, **first})


class Stream:
    """
    A bare stream that a test writes to; replies are read one by one.
    """

    def __init__(self, pubsub: PubSub, first: dict[str, Any]) -> None:
        self._requests: queue.Queue[StreamingPullRequest | None] = queue.Queue()
        self.send(stream_ack_deadline_seconds=10, **first)
        self._call: Any = pubsub.pulls.streaming_pull(
            requests=iter(self._requests.get, None), timeout=TIMEOUT_SECONDS
        )
        self._replies = iter(self._call)

    def send(self, **request: Any) -> None:
        self._requests.put(StreamingPullRequest(**request))

    def reply(self) -> StreamingPullResponse:
        reply: StreamingPullResponse = next(self._replies)
        return reply

    def close(self) -> None:
        self._requests.put(None)
        self._call.cancel()


def test_the_server_stops_promptly_and_tells_everyone_who_waits(
    server: Server, pubsub: PubSub
) -> None:
    """
    With UNAVAILABLE, after which Google's clients connect again.
    """
    subscription = pubsub.subscription(pubsub.topic())
    streams = [opened(pubsub, subscription, protocol_version=1) for _ in range(20)]
    for stream in streams:
        stream.send()
        stream.reply()  # it is open

    with ThreadPoolExecutor(len(streams) + 1) as pool:
        waiting: list[Future[Any]] = [pool.submit(each.reply) for each in streams]
        waiting.append(pool.submit(pubsub.pull, subscription))
        # Answered on the same connection after the pull has come in.
        pubsub.pulls.get_subscription(subscription=subscription)
        began = time.monotonic()
        server.stop()
        took = time.monotonic() - began
        outcomes = [each.exception(TIMEOUT_SECONDS) for each in waiting]
    server.start()

    assert {type(outcome) for outcome in outcomes} == {ServiceUnavailable}
    assert took < PROMPTLY_SECONDS


def test_a_stream_ends_with_its_subscription(server: Server, pubsub: PubSub) -> None:
    subscription = pubsub.subscription(pubsub.topic())
    stream = opened(pubsub, subscription, protocol_version=1)
    stream.send()
    stream.reply()

    pubsub.pulls.delete_subscription(subscription=subscription)

    with pytest.raises(NotFound):
        stream.reply()
    stream.close()


def test_a_stream_confirms_what_is_delivered_exactly_once(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, enable_exactly_once_delivery=True)
    stream = opened(pubsub, subscription)
    pubsub.publish(topic, b"x")
    reply = stream.reply()
    assert reply.subscription_properties.exactly_once_delivery_enabled
    (received,) = reply.received_messages

    stream.send(
        modify_deadline_ack_ids=[received.ack_id, "wrong"],
        modify_deadline_seconds=[60, 60],
    )
    modified = stream.reply().modify_ack_deadline_confirmation
    stream.send(ack_ids=[received.ack_id, "wrong"])
    acknowledged = stream.reply().acknowledge_confirmation
    stream.close()

    assert list(modified.ack_ids) == [received.ack_id]
    assert list(modified.invalid_ack_ids) == ["wrong"]
    assert list(acknowledged.ack_ids) == [received.ack_id]
    assert list(acknowledged.invalid_ack_ids) == ["wrong"]


def test_a_stream_answers_every_ping_of_a_client_that_counts_them(
    pubsub: PubSub,
) -> None:
    subscription = pubsub.subscription(pubsub.topic())
    stream = opened(pubsub, subscription, protocol_version=1)
    for _ in range(3):
        stream.send()
        assert not stream.reply().received_messages
    stream.close()


def test_a_pull_waits_for_a_bounded_time(bench: Bench) -> None:
    """
    However long somebody else still holds what there is.
    """
    bench.publish(b"x")
    bench.lease(seconds=600)
    subscriber = Subscriber(bench.broker, pull_wait_seconds=0.05)
    request = PullRequest(subscription=SUBSCRIPTION, max_messages=1)

    pull = asyncio.wait_for(subscriber.pull(request), TIMEOUT_SECONDS)

    assert not asyncio.run(pull).received_messages
