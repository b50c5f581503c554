"""
All subscriptions: made, changed, deleted, and found by name or by topic.
"""

from collections.abc import Callable, Iterator, Sequence

from localcloud.pubsub.delivery.feed import Bury, Feed
from localcloud.pubsub.refusals import (
    Code,
    RefusedError,
    already_exists,
    not_found,
)
from localcloud.pubsub.resources.names import check_subscription
from localcloud.pubsub.resources.subscriptions import (
    changed_subscription,
    new_subscription,
)
from localcloud.pubsub.state.database import Database
from localcloud.pubsub.state.message_rows import MessageRows
from localcloud.pubsub.state.resource_rows import ResourceRows
from localcloud.pubsub.wire import DELETED_TOPIC, Subscription, SubscriptionPb


class Feeds:
    """
    The subscriptions as they are kept, each with its feed.
    """

    def __init__(
        self,
        *,
        database: Database,
        messages: MessageRows,
        seconds_now: Callable[[], float],
        bury: Bury,
    ) -> None:
        self._database = database
        self._rows = ResourceRows(database)
        self._messages = messages
        self._seconds_now = seconds_now
        self._bury = bury
        # Called after a subscription was made or changed.
        self.on_change: Callable[[], None] = lambda: None
        self._feeds: dict[str, Feed] = {}
        for number, body in list(self._rows.subscriptions()):
            self._open(number, Subscription.FromString(body))

    def __iter__(self) -> Iterator[Feed]:
        return iter(self._feeds.values())

    def __contains__(self, name: str) -> bool:
        return name in self._feeds

    def create(self, given: SubscriptionPb) -> SubscriptionPb:
        subscription = new_subscription(given)
        if subscription.name in self._feeds:
            raise already_exists(subscription.name)
        number = self._rows.add_subscription(
            subscription.name, subscription.SerializeToString()
        )
        self._open(number, subscription)
        self.on_change()
        return subscription

    def find(self, name: str) -> Feed:
        found = self._feeds.get(check_subscription(name))
        if found is None:
            raise not_found(name)
        return found

    def of_project(self, project: str) -> list[SubscriptionPb]:
        return [
            self._feeds[name].subscription
            for name in sorted(self._feeds)
            if name.startswith(f"{project}/")
        ]

    def attached(self, topic: str) -> list[Feed]:
        """
        Those that get a copy of what is published on the topic, by name.
        """
        return [
            self._feeds[name]
            for name in sorted(self._feeds)
            if self._feeds[name].subscription.topic == topic
            and not self._feeds[name].subscription.detached
        ]

    def topic_of(self, name: str) -> str:
        """
        On which topic a subscription hangs; empty if there is none, or no longer.
        """
        feed = self._feeds.get(name)
        topic = DELETED_TOPIC if feed is None else str(feed.subscription.topic)
        return "" if topic == DELETED_TOPIC else topic

    def update(self, given: SubscriptionPb, paths: Sequence[str]) -> SubscriptionPb:
        feed = self.find(given.name)
        return self._keep(feed, changed_subscription(feed.subscription, given, paths))

    def delete(self, name: str) -> None:
        feed = self.find(name)
        with self._database.writing():
            self._rows.delete_subscription(feed.number)
            self._messages.drop_backlog(feed.number)
        del self._feeds[name]
        feed.close(not_found(name))

    def detach(self, name: str) -> None:
        """
        It stays, gets nothing any more, and loses what it had.
        """
        feed = self.find(name)
        with self._database.writing():
            self._keep(feed, _changed(feed.subscription, detached=True))
            self._messages.drop_backlog(feed.number)
        feed.close(_detached())

    def orphan(self, topic: str) -> None:
        """
        The topic is deleted: its subscriptions say so, and keep what they have.
        """
        for feed in self._feeds.values():
            if feed.subscription.topic == topic:
                self._keep(feed, _changed(feed.subscription, topic=DELETED_TOPIC))

    def _open(self, number: int, subscription: SubscriptionPb) -> None:
        feed = Feed(
            number=number,
            subscription=subscription,
            rows=self._messages,
            run=self._database.run,
            seconds_now=self._seconds_now,
            bury=self._bury,
        )
        if subscription.detached:
            feed.close(_detached())
        self._feeds[subscription.name] = feed

    def _keep(self, feed: Feed, subscription: SubscriptionPb) -> SubscriptionPb:
        self._rows.put_subscription(feed.number, subscription.SerializeToString())
        feed.change(subscription)
        self.on_change()
        return subscription


def _changed(subscription: SubscriptionPb, **changes: str | bool) -> SubscriptionPb:
    changed = Subscription(**changes)
    merged = Subscription()
    merged.CopyFrom(subscription)
    merged.MergeFrom(changed)
    return merged


def _detached() -> RefusedError:
    return RefusedError(Code.FAILED_PRECONDITION, "The subscription is detached.")
