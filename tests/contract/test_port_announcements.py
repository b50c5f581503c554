"""The adapter for the topic, with the real client through the door."""

import itertools
import os
import time
from collections.abc import Iterator

import pytest
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

from shared.adapters.pubsub_announcements import PubsubAnnouncements
from shared.errors import ServiceError
from tests.running_cloud import RunningCloud

_NUMBERS = itertools.count()


@pytest.fixture
def topic(bare_cloud: RunningCloud) -> Iterator[str]:
    """A topic of its own, with a subscription of the same name."""
    name = f"announced-{os.getpid()}-{next(_NUMBERS)}"
    project = bare_cloud.told["project"]
    with pytest.MonkeyPatch.context() as patch:
        for variable in bare_cloud.told["unset"]:
            patch.delenv(variable, raising=False)
        for variable, value in bare_cloud.told["variables"].items():
            patch.setenv(variable, value)
        topic = f"projects/{project}/topics/{name}"
        PublisherClient().create_topic(name=topic)
        with SubscriberClient() as subscriber:
            subscriber.create_subscription(
                name=topic.replace("/topics/", "/subscriptions/"), topic=topic
            )
        yield topic


def test_a_message_arrives_as_it_was_frozen(topic: str) -> None:
    announcements = PubsubAnnouncements(topic=topic, timeout_seconds=10)
    attributes = {"ce-id": "a" * 64, "content-type": "application/json", "route": "ä/"}
    data = '{"name": "ä"}'.encode()

    message_id = announcements.publish(data, attributes)

    with SubscriberClient() as subscriber:
        (received,) = subscriber.pull(
            subscription=topic.replace("/topics/", "/subscriptions/"), max_messages=2
        ).received_messages
    assert received.message.data == data
    assert dict(received.message.attributes) == attributes
    assert received.message.message_id == message_id


def test_a_topic_that_is_not_there_is_said_in_our_words(topic: str) -> None:
    announcements = PubsubAnnouncements(topic=f"{topic}-not", timeout_seconds=10)

    with pytest.raises(ServiceError, match="NotFound"):
        announcements.publish(b"{}", {})


def test_a_service_that_is_away_is_given_up_in_time(topic: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # A port where nobody listens.
        patch.setenv("https_proxy", "http://127.0.0.1:9")
        announcements = PubsubAnnouncements(topic=topic, timeout_seconds=2)
        began = time.monotonic()

        with pytest.raises(ServiceError):
            announcements.publish(b"{}", {})

    assert time.monotonic() - began < 30
