"""
What Pub/Sub refuses, and under which code: on our server and on Google's emulator.

The emulator is laxer than the service and has texts of its own: see
`test_pubsub_texts.py`.
"""

from collections.abc import Callable
from typing import Any

import pytest
from google.api_core.exceptions import AlreadyExists, InvalidArgument, NotFound

from tests.contract.pubsub_servers import PROJECT, PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]

MISSING_TOPIC = f"{PROJECT}/topics/missing"
MISSING = f"{PROJECT}/subscriptions/missing"

Call = Callable[[PubSub], object]

NOT_FOUND: dict[str, Call] = {
    "get a topic": lambda p: p.admin.get_topic(topic=MISSING_TOPIC),
    "delete a topic": lambda p: p.admin.delete_topic(topic=MISSING_TOPIC),
    "publish": lambda p: p.publish(MISSING_TOPIC, b"lost"),
    "subscribe": lambda p: p.subscription(MISSING_TOPIC),
    "get a subscription": lambda p: p.pulls.get_subscription(subscription=MISSING),
    "delete a subscription": lambda p: p.pulls.delete_subscription(
        subscription=MISSING
    ),
    "pull": lambda p: p.pull(MISSING),
    "acknowledge": lambda p: p.pulls.acknowledge(
        subscription=MISSING, ack_ids=["none"]
    ),
    "modify a deadline": lambda p: p.pulls.modify_ack_deadline(
        subscription=MISSING, ack_ids=["none"], ack_deadline_seconds=10
    ),
}

INVALID: dict[str, Call] = {
    "two characters": lambda p: p.admin.create_topic(name=f"{PROJECT}/topics/ab"),
    "goog": lambda p: p.admin.create_topic(name=f"{PROJECT}/topics/google"),
    "begins with a digit": lambda p: p.admin.create_topic(name=f"{PROJECT}/topics/1ab"),
    "no such character": lambda p: p.admin.create_topic(name=f"{PROJECT}/topics/a$b"),
    "no messages": lambda p: p.publish(p.topic()),
    "an empty message": lambda p: p.publish(p.topic(), b""),
    "1,001 messages": lambda p: p.publish(p.topic(), *[b"x"] * 1_001),
    "no acknowledgement": lambda p: p.ack(p.subscription(p.topic())),
    "malformed": lambda p: p.pulls.acknowledge(
        subscription=p.subscription(p.topic()), ack_ids=["malformed"]
    ),
    "no deadline that long": lambda p: p.subscription(
        p.topic(), ack_deadline_seconds=601
    ),
    "no retention that short": lambda p: p.subscription(
        p.topic(), message_retention_duration={"seconds": 599}
    ),
    "no mask": lambda p: p.pulls.update_subscription(
        {"subscription": {"name": p.subscription(p.topic())}, "update_mask": {}}
    ),
    "a mask of nothing": lambda p: _update(p, "nothing"),
    "a filter that is set": lambda p: _update(p, "filter"),
}


@pytest.mark.parametrize("call", NOT_FOUND)
def test_what_is_not_there_is_not_found(pubsub: PubSub, call: str) -> None:
    with pytest.raises(NotFound):
        NOT_FOUND[call](pubsub)


@pytest.mark.parametrize("call", INVALID)
def test_what_is_wrong_is_an_invalid_argument(pubsub: PubSub, call: str) -> None:
    with pytest.raises(InvalidArgument):
        INVALID[call](pubsub)


def test_what_is_there_already_exists(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)

    with pytest.raises(AlreadyExists):
        pubsub.admin.create_topic(name=topic)
    with pytest.raises(AlreadyExists):
        pubsub.pulls.create_subscription(name=subscription, topic=topic)


def _update(pubsub: PubSub, path: str) -> Any:
    changed = {"name": pubsub.subscription(pubsub.topic())}
    return pubsub.pulls.update_subscription(
        {"subscription": changed, "update_mask": {"paths": [path]}}
    )
