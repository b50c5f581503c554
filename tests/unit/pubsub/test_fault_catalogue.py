"""
Each of Pub/Sub's catalogued faults, played without gRPC and without waiting.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.faults.catalogue.entries import catalogue
from localcloud.faults.playing import CutConnectionError
from localcloud.pubsub import wire
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.service.methods import PUBLISHER
from tests.hurried_loop import hurried
from tests.unit.faults.played import Plays, switch_on
from tests.unit.pubsub.brokers import TOPIC
from tests.unit.pubsub.fault_stage import ACCOUNT, Pubsub, Stream, pubsub, run

__all__ = ["pubsub"]

plays = Plays()


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
        await pubsub.front.call(PUBLISHER, "Publish", request, ACCOUNT)
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

    async def script(stream: Stream) -> None:
        stream.open(protocol_version=1)
        pubsub.deadline_passes()
        (message,) = await stream.messages()
        stream.send(ack_ids=[message.ack_id])
        await stream.taken()
        # Nothing is left of that request; it must not be taken for a ping.
        assert stream.is_silent()

    run(pubsub, script)
    pubsub.deadline_passes()
    assert pubsub.waiting() == [b"alone"]


@plays.of("stream-refused")
def _(pubsub: Pubsub) -> None:
    async def script(stream: Stream) -> None:
        stream.open()

    refused_thrice(pubsub, lambda: run(pubsub, script), "UNAVAILABLE")
    run(pubsub, script)


@plays.of("stream-ends")
def _(pubsub: Pubsub) -> None:
    for data in (b"a", b"b", b"c"):
        pubsub.publish(data)
    seen = []

    async def script(stream: Stream) -> None:
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
