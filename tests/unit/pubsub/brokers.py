"""
Brokers for tests: a clock that stands still, and short words for their calls.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.delivery.feed import Feed
from localcloud.pubsub.wire import PubsubMessage, Subscription, Topic

TOPIC = "projects/unit/topics/topic"
DEAD_LETTERS = "projects/unit/topics/dead"
SUBSCRIPTION = "projects/unit/subscriptions/subscription"


class Clock:
    """
    Says the same time until it is moved.
    """

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class Bench:
    """
    A broker with one topic and one subscription, which can be closed and reopened.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.clock = Clock()
        self.broker = Broker(folder, now=self.clock)
        self.broker.create_topic_if_absent(TOPIC)
        if "dead_letter_policy" in settings:
            self.broker.create_topic_if_absent(DEAD_LETTERS)
        self.subscribe(SUBSCRIPTION, **settings)

    def restart(self) -> None:
        self.broker.close()
        self.broker = Broker(self.folder, now=self.clock)

    def subscribe(self, name: str, **settings: Any) -> None:
        given = Subscription(name=name, topic=TOPIC, **settings)
        self.broker.create_subscription(given)

    def retain(self, **duration: int) -> None:
        """
        Let the topic itself keep what is published.
        """
        given = Topic(name=TOPIC, message_retention_duration=duration)
        self.broker.topics.update(given, ["message_retention_duration"])

    @property
    def feed(self) -> Feed:
        return self.broker.subscriptions.find(SUBSCRIPTION)

    def publish(self, *data: bytes, key: str = "", **attributes: str) -> list[str]:
        return self.broker.publish(
            TOPIC,
            [
                PubsubMessage(data=each, ordering_key=key, attributes=attributes)
                for each in data
            ],
        )

    def lease(
        self,
        most: int = 100,
        *,
        holder: Holder | None = None,
        seconds: float | None = None,
        name: str = SUBSCRIPTION,
    ) -> list[Any]:
        feed = self.broker.subscriptions.find(name)
        return feed.lease(holder=holder or Holder(), limit=most, seconds=seconds)

    def data(self, most: int = 100, *, name: str = SUBSCRIPTION) -> list[bytes]:
        return [received.message.data for received in self.lease(most, name=name)]

    def ack(self, received: Sequence[Any]) -> list[str]:
        return self.feed.acknowledge([each.ack_id for each in received])

    def nack(self, received: Sequence[Any]) -> list[str]:
        return self.deadline(0, received)

    def deadline(self, seconds: int, received: Sequence[Any]) -> list[str]:
        return self.feed.modify([(each.ack_id, seconds) for each in received])

    def rows(self, table: str) -> int:
        """
        How many rows the state's file holds.
        """
        connection = sqlite3.connect(self.folder / "pubsub.sqlite")
        try:
            query = f"SELECT count(*) FROM {table}"
            return int(connection.execute(query).fetchone()[0])
        finally:
            connection.close()
