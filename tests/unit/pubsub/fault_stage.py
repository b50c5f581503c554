"""
One topic, one subscription and one stream behind a front that has faults.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.faults.faults import Faults
from localcloud.pubsub import wire
from localcloud.pubsub.faults.front import FaultyFront
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.methods import PUBLISHER, SUBSCRIBER
from localcloud.pubsub.wire import StreamingPullRequest
from tests.everybody import any_token, owners
from tests.hurried_loop import hurried
from tests.unit.pubsub.brokers import SUBSCRIPTION, TOPIC, Bench

DEADLINE_SECONDS = 10
ACCOUNT = "tester@unit.iam.gserviceaccount.com"


class Pubsub:
    """
    One topic with one subscription, behind a front that has faults.
    """

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder)
        self.faults = Faults()
        self.front = FaultyFront(
            self.bench.broker, self.faults, token_fault=any_token, permits=owners()
        )

    def call(self, service: str, method: str, request: Any) -> Any:
        return hurried(self.front.call(service, method, request, ACCOUNT))

    def publish(self, data: bytes = b"x") -> Any:
        messages = [wire.PubsubMessage(data=data)]
        request = wire.PublishRequest(topic=TOPIC, messages=messages)
        return self.call(PUBLISHER, "Publish", request)

    def pull(self) -> list[Any]:
        request = wire.PullRequest(
            subscription=SUBSCRIPTION, max_messages=10, return_immediately=True
        )
        return list(self.call(SUBSCRIBER, "Pull", request).received_messages)

    def acknowledge(self, received: list[Any]) -> None:
        request = wire.AcknowledgeRequest(
            subscription=SUBSCRIPTION, ack_ids=[each.ack_id for each in received]
        )
        self.call(SUBSCRIBER, "Acknowledge", request)

    def waiting(self) -> list[bytes]:
        """
        The messages that a subscriber would get now, whatever faults are on.
        """
        return self.bench.data()

    def deadline_passes(self) -> None:
        self.bench.clock.move(seconds=DEADLINE_SECONDS + 1)

    def refused(self, act: Callable[[], Any], code: str, text: str = "") -> None:
        with pytest.raises(RefusedError) as raised:
            act()
        assert raised.value.code == code
        assert text in raised.value.message


class Stream:
    """
    A client's side of a stream.
    """

    def __init__(self) -> None:
        self._requests: asyncio.Queue[Any] = asyncio.Queue()
        self._replies: asyncio.Queue[Any] = asyncio.Queue()

    def send(self, **request: Any) -> None:
        self._requests.put_nowait(StreamingPullRequest(**request))

    def open(self, **more: Any) -> None:
        self.send(subscription=SUBSCRIPTION, stream_ack_deadline_seconds=10, **more)

    def is_silent(self) -> bool:
        """
        Whether the server has said nothing that was not read yet.
        """
        return self._replies.empty()

    def hang_up(self) -> None:
        self._requests.put_nowait(None)

    async def taken(self) -> None:
        """
        Wait until the server has taken what was sent.
        """
        while not self._requests.empty():  # noqa: ASYNC110  # it has no event
            await asyncio.sleep(0)
        for _ in range(10):
            await asyncio.sleep(0)

    async def messages(self) -> list[Any]:
        return list((await self._replies.get()).received_messages)

    async def write(self, reply: Any) -> None:
        self._replies.put_nowait(reply)
        await asyncio.sleep(0)

    async def requests(self) -> AsyncIterator[Any]:
        while (request := await self._requests.get()) is not None:
            yield request


def run(pubsub: Pubsub, script: Callable[[Stream], Coroutine[Any, Any, None]]) -> None:
    """
    Play a client beside a stream to the end of both, and raise how the stream ended.
    """

    async def play() -> None:
        stream = Stream()
        serving = asyncio.ensure_future(
            pubsub.front.streaming_pull(stream.requests(), stream.write, ACCOUNT)
        )
        await script(stream)
        stream.hang_up()
        await serving

    hurried(play())


@pytest.fixture
def pubsub(tmp_path: Path) -> Iterator[Pubsub]:
    made = Pubsub(tmp_path / "broker")
    yield made
    made.bench.broker.close()
