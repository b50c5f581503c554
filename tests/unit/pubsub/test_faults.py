"""
Faults of Pub/Sub: each catalogued one played, without gRPC and without waiting.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.faults import Faults
from localcloud.faults.playing import CutConnectionError
from localcloud.faults.rules import FaultError, Rule
from localcloud.pubsub import wire
from localcloud.pubsub.faults.front import FaultyFront
from localcloud.pubsub.faults.rules import PubsubFault
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.methods import PUBLISHER, SUBSCRIBER
from localcloud.pubsub.wire import StreamingPullRequest
from tests.hurried_loop import hurried
from tests.unit.faults.played import Plays, switch_on
from tests.unit.pubsub.brokers import SUBSCRIPTION, TOPIC, Bench

plays = Plays()

DEADLINE_SECONDS = 10


class Pubsub:
    """
    One topic with one subscription, behind a front that has faults.
    """

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder)
        self.faults = Faults()
        self.front = FaultyFront(self.bench.broker, self.faults)

    def call(self, service: str, method: str, request: Any) -> Any:
        return hurried(self.front.call(service, method, request))

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


@pytest.fixture
def pubsub(tmp_path: Path) -> Iterator[Pubsub]:
    made = Pubsub(tmp_path / "broker")
    yield made
    made.bench.broker.close()


@pytest.mark.parametrize(
    "name", [each.name for each in catalogue().values() if each.service == "pubsub"]
)
def test_a_fault_does_what_its_sentence_says(name: str, pubsub: Pubsub) -> None:
    assert name in plays.by_name, f"nothing plays {name}"
    switch_on(pubsub.faults, name)
    plays.by_name[name](pubsub)


@plays.of("publish-lost")
def _(pubsub: Pubsub) -> None:
    pubsub.refused(pubsub.publish, "UNAVAILABLE", "code=8a75")
    assert len(pubsub.publish().message_ids) == 1
    first, second = pubsub.pull()
    assert first.message.data == second.message.data
    assert first.message.message_id != second.message.message_id


def refused_thrice(pubsub: Pubsub, act: Callable[[], Any], code: str) -> None:
    for _ in range(3):
        pubsub.refused(act, code)


@plays.of("publish-unavailable")
def _(pubsub: Pubsub) -> None:
    refused_thrice(pubsub, pubsub.publish, "UNAVAILABLE")
    assert pubsub.waiting() == []
    pubsub.publish()


@plays.of("publish-quota")
def _(pubsub: Pubsub) -> None:
    refused_thrice(pubsub, pubsub.publish, "RESOURCE_EXHAUSTED")
    assert pubsub.waiting() == []
    pubsub.publish()


@plays.of("publish-forbidden")
def _(pubsub: Pubsub) -> None:
    pubsub.refused(pubsub.publish, "PERMISSION_DENIED", "User not authorized")
    assert pubsub.waiting() == []


@plays.of("publish-topic-missing")
def _(pubsub: Pubsub) -> None:
    pubsub.refused(pubsub.publish, "NOT_FOUND", "Resource not found (resource=topic).")
    assert pubsub.waiting() == []


@plays.of("publish-reset")
def _(pubsub: Pubsub) -> None:
    with pytest.raises(CutConnectionError):
        pubsub.publish(b"lost")
    pubsub.publish(b"told")
    assert pubsub.waiting() == [b"lost", b"told"]


@plays.of("publish-slow")
def _(pubsub: Pubsub) -> None:
    async def publish() -> None:
        request = wire.PublishRequest(
            topic=TOPIC, messages=[wire.PubsubMessage(data=b"x")]
        )
        loop = asyncio.get_running_loop()
        began = loop.time()
        await pubsub.front.call(PUBLISHER, "Publish", request)
        assert loop.time() - began >= 2

    hurried(publish())
    assert pubsub.waiting() == [b"x"]


@plays.of("pull-unavailable")
def _(pubsub: Pubsub) -> None:
    pubsub.publish()
    refused_thrice(pubsub, pubsub.pull, "UNAVAILABLE")
    assert len(pubsub.pull()) == 1


@plays.of("pull-lost")
def _(pubsub: Pubsub) -> None:
    pubsub.publish()
    pubsub.refused(pubsub.pull, "UNAVAILABLE")
    assert pubsub.pull() == []
    pubsub.deadline_passes()
    assert len(pubsub.pull()) == 1


@plays.of("acks-unavailable")
def _(pubsub: Pubsub) -> None:
    pubsub.publish()
    received = pubsub.pull()
    refused_thrice(pubsub, lambda: pubsub.acknowledge(received), "UNAVAILABLE")
    pubsub.acknowledge(received)
    pubsub.deadline_passes()
    assert pubsub.waiting() == []


@plays.of("acks-lost")
def _(pubsub: Pubsub) -> None:
    pubsub.publish(b"alone")
    received = pubsub.pull()
    pubsub.acknowledge(received)
    pubsub.deadline_passes()
    again = pubsub.pull()
    assert [each.message.message_id for each in again] == [
        each.message.message_id for each in received
    ]

    async def script(stream: "Stream") -> None:
        stream.open()
        pubsub.deadline_passes()
        (message,) = await stream.messages()
        stream.send(ack_ids=[message.ack_id])
        await stream.taken()

    run(pubsub, script)
    pubsub.deadline_passes()
    assert pubsub.waiting() == [b"alone"]


@plays.of("stream-refused")
def _(pubsub: Pubsub) -> None:
    async def script(stream: "Stream") -> None:
        stream.open()

    refused_thrice(pubsub, lambda: run(pubsub, script), "UNAVAILABLE")
    run(pubsub, script)


@plays.of("stream-ends")
def _(pubsub: Pubsub) -> None:
    for data in (b"a", b"b", b"c"):
        pubsub.publish(data)
    seen = []

    async def script(stream: "Stream") -> None:
        stream.open()
        for message in await stream.messages():
            seen.append(message.message.data)
        await asyncio.sleep(1)

    pubsub.refused(lambda: run(pubsub, script), "UNAVAILABLE")
    assert seen == [b"a"]
    pubsub.deadline_passes()
    assert sorted(pubsub.waiting()) == [b"a", b"b", b"c"]


@plays.of("pubsub-flaky")
def _(pubsub: Pubsub) -> None:
    codes: list[str] = []
    for _ in range(100):
        try:
            pubsub.pull()
        except RefusedError as error:
            codes.append(error.code)
    assert set(codes) == {"UNAVAILABLE"}
    assert 5 < len(codes) < 40


# What rules see, and what they can do beside what has a name.


class Stream:
    """
    A client's side of a stream.
    """

    def __init__(self) -> None:
        self._requests: asyncio.Queue[Any] = asyncio.Queue()
        self._replies: asyncio.Queue[Any] = asyncio.Queue()

    def send(self, **request: Any) -> None:
        self._requests.put_nowait(StreamingPullRequest(**request))

    def open(self) -> None:
        self.send(subscription=SUBSCRIPTION, stream_ack_deadline_seconds=10)

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
            pubsub.front.streaming_pull(stream.requests(), stream.write)
        )
        await script(stream)
        stream.hang_up()
        await serving

    hurried(play())


@pytest.mark.parametrize(
    ("service", "method", "request_", "resource"),
    [
        (PUBLISHER, "GetTopic", wire.GetTopicRequest(topic=TOPIC), TOPIC),
        (
            PUBLISHER,
            "UpdateTopic",
            wire.UpdateTopicRequest(topic=wire.Topic(name=TOPIC)),
            TOPIC,
        ),
        (PUBLISHER, "ListTopics", wire.ListTopicsRequest(project="p"), "p"),
        (
            SUBSCRIBER,
            "CreateSubscription",
            wire.Subscription(name=SUBSCRIPTION, topic=TOPIC),
            SUBSCRIPTION,
        ),
        (
            SUBSCRIBER,
            "Pull",
            wire.PullRequest(subscription=SUBSCRIPTION),
            SUBSCRIPTION,
        ),
    ],
)
def test_a_rule_sees_what_a_call_is_about(
    pubsub: Pubsub, service: str, method: str, request_: Any, resource: str
) -> None:
    pubsub.faults.add(Rule(error=FaultError(code="ABORTED", message="no")))
    pubsub.refused(lambda: pubsub.call(service, method, request_), "ABORTED", "no")
    (noted,) = pubsub.faults.injected
    assert (noted["method"], noted["resource"]) == (method, resource)


def test_a_stream_can_be_cut_and_be_late(pubsub: Pubsub) -> None:
    pubsub.faults.add(PubsubFault(method="StreamingPull", cut=True, delay_seconds=60))

    async def script(stream: Stream) -> None:
        stream.open()

    with pytest.raises(CutConnectionError):
        run(pubsub, script)


def test_a_stream_ends_with_the_error_and_after_the_messages_of_its_rule(
    pubsub: Pubsub,
) -> None:
    pubsub.faults.add(
        PubsubFault(end_after_messages=2, error=FaultError(code="INTERNAL"))
    )
    seen: list[bytes] = []

    async def script(stream: Stream) -> None:
        stream.open()
        for data in (b"a", b"b", b"c"):
            pubsub.bench.publish(data)
            await asyncio.sleep(0.1)
        while len(seen) < 2:
            seen.extend(each.message.data for each in await stream.messages())
        await asyncio.sleep(1)

    pubsub.refused(lambda: run(pubsub, script), "INTERNAL")
    assert seen == [b"a", b"b"]
