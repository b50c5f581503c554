"""
What rules of Pub/Sub see, and what they can do beside what has a name.
"""

import asyncio
from typing import Any

import pytest

from localcloud.faults.playing import CutConnectionError
from localcloud.faults.rules import FaultError, Rule
from localcloud.pubsub import wire
from localcloud.pubsub.faults.rules import PubsubFault
from localcloud.pubsub.service.methods import PUBLISHER, SUBSCRIBER
from tests.unit.pubsub.brokers import SUBSCRIPTION, TOPIC
from tests.unit.pubsub.fault_stage import Pubsub, Stream, pubsub, run

__all__ = ["pubsub"]


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
