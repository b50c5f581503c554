"""
The broker: topics, subscriptions, and messages on their way between them.

It knows no transport and has no timers: every call first does what has come due.
Whoever waits for messages watches the feed of a subscription.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from localcloud.pubsub.delivery.dead_letters import dead_letter
from localcloud.pubsub.delivery.entries import Entry
from localcloud.pubsub.delivery.feed import Feed
from localcloud.pubsub.delivery.feeds import Feeds
from localcloud.pubsub.refusals import Code, RefusedError, already_exists
from localcloud.pubsub.resources.durations import seconds
from localcloud.pubsub.resources.messages import check_messages
from localcloud.pubsub.resources.subscriptions import new_subscription
from localcloud.pubsub.resources.topic_list import Topics
from localcloud.pubsub.state.database import Database
from localcloud.pubsub.state.message_rows import MessageRows
from localcloud.pubsub.state.resource_rows import ResourceRows
from localcloud.pubsub.state.stored_messages import (
    MICROSECONDS,
    StoredMessage,
    stamped,
)
from localcloud.pubsub.wire import (
    MessagePb,
    PubsubMessage,
    Subscription,
    SubscriptionPb,
    Topic,
    TopicPb,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SWEEP_EVERY = timedelta(minutes=10) // timedelta(microseconds=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Broker:
    """
    Everything of one local Pub/Sub, kept in a folder.

    What a call has done when it returns survives a restart and a SIGKILL: topics,
    subscriptions, and every message that is not acknowledged.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        self.now = now
        self._database = Database(folder, first_seq=self._microseconds())
        self._messages = MessageRows(self._database)
        self.topics = Topics(self._database)
        self.policies = ResourceRows(self._database)
        self.subscriptions = Feeds(
            database=self._database,
            messages=self._messages,
            seconds_now=lambda: now().timestamp(),
            bury=self._bury,
        )
        self._swept = 0
        self._sweep()

    def close(self) -> None:
        """
        Wake everyone who waits; they are told that the service is unavailable.
        """
        closing = RefusedError(Code.UNAVAILABLE, "The local Pub/Sub is closing.")
        for feed in self.subscriptions:
            feed.close(closing)
        self._database.close()

    def create_topic_if_absent(self, name: str, **settings: object) -> TopicPb:
        """
        The topic of that name, made with these settings unless it is there.
        """
        if name in self.topics:
            return self.topics.find(name)
        return self.topics.create(Topic(name=name, **settings))

    def create_subscription_if_absent(
        self, name: str, topic: str, **settings: object
    ) -> SubscriptionPb:
        """
        The subscription of that name, made with these settings unless it is there.
        """
        if name in self.subscriptions:
            return self.subscriptions.find(name).subscription
        return self.create_subscription(
            Subscription(name=name, topic=topic, **settings)
        )

    def create_subscription(self, given: SubscriptionPb) -> SubscriptionPb:
        """
        It gets what is published from now on. What is wrong with it is told before
        what is missing.
        """
        new_subscription(given)
        if given.name in self.subscriptions:
            raise already_exists(given.name)
        self.topics.find(given.topic)
        self._check_dead_letter_topic(given)
        return self.subscriptions.create(given)

    def update_subscription(
        self, given: SubscriptionPb, paths: Sequence[str]
    ) -> SubscriptionPb:
        """
        What is named in `paths` becomes as it is given.
        """
        if "dead_letter_policy" in paths:
            self._check_dead_letter_topic(given)
        return self.subscriptions.update(given, paths)

    def shown(self, subscription: SubscriptionPb) -> SubscriptionPb:
        """
        The subscription with what it takes from its topic.
        """
        if subscription.topic not in self.topics:
            return subscription
        topic = self.topics.find(subscription.topic)
        if not topic.HasField("message_retention_duration"):
            return subscription
        shown = Subscription()
        shown.CopyFrom(subscription)
        shown.topic_message_retention_duration.CopyFrom(
            topic.message_retention_duration
        )
        return shown

    def delete_topic(self, name: str) -> None:
        """
        Its subscriptions stay, with what they have still to deliver.
        """
        with self._database.writing():
            self.topics.delete(name)
            self._messages.drop_topic(name)
            self.subscriptions.orphan(name)

    def publish(self, topic: str, messages: Sequence[MessagePb]) -> list[str]:
        """
        Give every attached subscription a copy of what its filter wants; return the
        message ids. What is there of a message's id and time is replaced.
        """
        self.topics.find(topic)
        check_messages(messages)
        return self._publish(topic, messages)

    def advance(self) -> None:
        """
        Do what has come due in every subscription, though nobody asks for it. A
        subscription that nobody has used for as long as its policy says is deleted.
        """
        for feed in list(self.subscriptions):
            feed.advance()
            if feed.has_expired:
                self.subscriptions.delete(feed.subscription.name)

    def _publish(self, topic: str, messages: Sequence[MessagePb]) -> list[str]:
        retention = seconds(self.topics.find(topic).message_retention_duration)
        published = stamped(
            messages,
            self._messages.next_seqs(len(messages)),
            now=self._microseconds(),
            retention=int(retention * MICROSECONDS),
        )
        copies = [
            (feed, [kept for kept in published if _wants(feed, kept)])
            for feed in self.subscriptions.attached(topic)
        ]
        wanted = {kept.seq for _, kept_here in copies for kept in kept_here}
        self._messages.publish(
            topic,
            [kept for kept in published if retention or kept.seq in wanted],
            [(feed.number, kept) for feed, kept_here in copies for kept in kept_here],
        )
        for feed, kept_here in copies:
            feed.add(kept_here)
        if self._microseconds() - self._swept > _SWEEP_EVERY:
            self._sweep()
        return [kept.message.message_id for kept in published]

    def seek(self, name: str, time: datetime) -> None:
        """
        What was published before counts as acknowledged; what was published at that
        time or later goes out again, as far as subscription or topic retains it.
        """
        feed, since = self.subscriptions.find(name), _microseconds(time)
        retained = self._messages.retained(feed.subscription.topic, since)
        self._messages.seek(
            feed.number,
            since,
            retain=feed.terms.retains_acked,
            copies=[kept for kept in retained if _wants(feed, kept)],
        )
        feed.reload()

    def _check_dead_letter_topic(self, given: SubscriptionPb) -> None:
        if given.HasField("dead_letter_policy"):
            self.topics.find(given.dead_letter_policy.dead_letter_topic)

    def _bury(self, feed: Feed, exhausted: Sequence[Entry]) -> Sequence[Entry]:
        topic = feed.subscription.dead_letter_policy.dead_letter_topic
        if topic not in self.topics:
            return []  # nowhere to: it goes on being delivered
        letters = [
            dead_letter(
                PubsubMessage.FromString(self._messages.body(entry.seq)),
                feed.subscription,
                attempts=entry.failures,
            )
            for entry in exhausted
        ]
        with self._database.writing():
            self._publish(topic, letters)
            self._messages.settle(
                feed.number, exhausted, retain=feed.terms.retains_acked
            )
        return exhausted

    def _sweep(self) -> None:
        now = self._swept = self._microseconds()
        self._messages.sweep(
            now,
            [
                (feed.number, now - int(feed.terms.retention_seconds * MICROSECONDS))
                for feed in self.subscriptions
            ],
        )

    def _microseconds(self) -> int:
        return _microseconds(self.now())


def _wants(feed: Feed, kept: StoredMessage) -> bool:
    return feed.terms.filter.matches(kept.message.attributes)


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)
