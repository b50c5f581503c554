"""
One stream without gRPC, with a clock that moves only when told.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from localcloud.pubsub.service.streaming_pull import streaming_pull
from localcloud.pubsub.wire import StreamingPullRequest
from tests.unit.pubsub.brokers import SUBSCRIPTION, Bench

TIMEOUT_SECONDS = 10


class Client:
    """
    The other side of a stream.
    """

    def __init__(self) -> None:
        self._requests: asyncio.Queue[Any] = asyncio.Queue()
        self._replies: asyncio.Queue[Any] = asyncio.Queue()

    async def write(self, reply: Any) -> None:
        self._replies.put_nowait(reply)
        await asyncio.sleep(0)  # lets others run, as writing to a network does

    def send(self, **request: Any) -> None:
        self._requests.put_nowait(StreamingPullRequest(**request))

    def hang_up(self) -> None:
        self._requests.put_nowait(None)

    async def requests(self) -> AsyncIterator[Any]:
        while (request := await self._requests.get()) is not None:
            yield request

    async def reply(self) -> Any:
        return await self._replies.get()

    async def messages(self) -> list[Any]:
        return list((await self.reply()).received_messages)


def _anybody(first: Any) -> None:
    return


def run(bench: Bench, script: Callable[[Client], Awaitable[None]]) -> None:
    """
    Play the client beside a stream, to the end of both.
    """

    async def play() -> None:
        client = Client()
        async with asyncio.timeout(TIMEOUT_SECONDS), asyncio.TaskGroup() as both:
            both.create_task(
                streaming_pull(
                    bench.broker, client.requests(), client.write, permit=_anybody
                )
            )
            await script(client)
            client.hang_up()

    asyncio.run(play())


def test_messages_are_held_for_as_long_as_the_stream_says(bench: Bench) -> None:
    bench.publish(b"x")

    async def script(client: Client) -> None:
        client.send(subscription=SUBSCRIPTION, stream_ack_deadline_seconds=60)
        assert len(await client.messages()) == 1

    run(bench, script)

    bench.clock.move(seconds=59)
    assert bench.data() == []
    bench.clock.move(seconds=1)
    assert bench.data() == [b"x"]


def test_the_stream_may_change_its_mind(bench: Bench) -> None:
    async def script(client: Client) -> None:
        client.send(
            subscription=SUBSCRIPTION,
            stream_ack_deadline_seconds=60,
            protocol_version=1,
        )
        client.send(stream_ack_deadline_seconds=600)
        client.send()  # once this is answered, the one before has been read
        await client.reply()
        bench.publish(b"x")
        assert len(await client.messages()) == 1

    run(bench, script)

    bench.clock.move(seconds=599)
    assert bench.data() == []


def test_every_reply_shows_the_settings_of_the_moment(
    bench_with: Callable[..., Bench],
) -> None:
    bench = bench_with(enable_message_ordering=True)

    async def script(client: Client) -> None:
        client.send(subscription=SUBSCRIPTION, stream_ack_deadline_seconds=60)
        bench.publish(b"1")
        first = (await client.reply()).subscription_properties
        given = bench.feed.subscription.__class__(
            name=SUBSCRIPTION, enable_exactly_once_delivery=True
        )
        bench.broker.subscriptions.update(given, ["enable_exactly_once_delivery"])
        bench.publish(b"2")
        second = (await client.reply()).subscription_properties

        assert first.message_ordering_enabled
        assert not first.exactly_once_delivery_enabled
        assert second.exactly_once_delivery_enabled

    run(bench, script)


def test_a_burst_is_shared_by_the_streams_beside_it(bench: Bench) -> None:
    """
    However much one of them could hold, it takes a batch, and the next is another's.
    """

    async def play() -> None:
        clients = [Client(), Client()]
        async with asyncio.timeout(TIMEOUT_SECONDS), asyncio.TaskGroup() as streams:
            for client in clients:
                client.send(subscription=SUBSCRIPTION, stream_ack_deadline_seconds=60)
                streams.create_task(
                    streaming_pull(
                        bench.broker, client.requests(), client.write, permit=_anybody
                    )
                )
            bench.publish(*[b"x"] * 200)
            sizes = [len(await client.messages()) for client in clients]
            for client in clients:
                client.hang_up()
        assert sizes == [100, 100]

    asyncio.run(play())


def test_a_stream_without_a_word_is_no_stream(bench: Bench) -> None:
    async def script(client: Client) -> None:
        client.hang_up()

    run(bench, script)


@pytest.mark.parametrize("times", [1, 3])
def test_nobody_watches_after_a_stream_has_ended(bench: Bench, times: int) -> None:
    async def script(client: Client) -> None:
        client.send(subscription=SUBSCRIPTION, stream_ack_deadline_seconds=60)
        bench.publish(b"x")
        await client.messages()

    for _ in range(times):
        run(bench, script)

    assert not bench.feed._watchers
