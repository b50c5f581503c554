"""
Topics, subscriptions and what waits in them; nothing is leased by looking.
"""

from itertools import islice
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from localcloud.page.asked import Asked, GoneError
from localcloud.page.state.times import rfc3339
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.delivery.entries import Entry
from localcloud.pubsub.delivery.feed import Feed
from localcloud.pubsub.delivery.overview import after, standing, state_at
from localcloud.pubsub.wire import PubsubMessage

_TOPICS = 500
_PAGE = 20
_SHOWN_BYTES = 16 * 1024


def topics(broker: Broker, asked: Asked) -> dict[str, Any]:
    """
    Every topic with its subscriptions, and the subscriptions whose topic is gone.
    """
    now = broker.now().timestamp()
    by_topic: dict[str, list[dict[str, Any]]] = {}
    for feed in sorted(broker.subscriptions, key=lambda feed: feed.subscription.name):
        by_topic.setdefault(feed.subscription.topic, []).append(_feed(feed, now))
    names = sorted(topic.name for topic in broker.topics)
    shown = [
        {"name": name, "subscriptions": by_topic.get(name, [])}
        for name in names[:_TOPICS]
    ]
    gone = by_topic.keys() - set(names)
    orphans = [
        feed for topic, feeds in by_topic.items() if topic in gone for feed in feeds
    ]
    return {"topics": shown, "orphans": orphans}


def messages(broker: Broker, asked: Asked) -> dict[str, Any]:
    """
    The messages of a subscription, oldest first, as they lie there.
    """
    name = asked.required("subscription")
    if name not in broker.subscriptions:
        raise GoneError(f"There is no subscription {name}.")
    feed = broker.subscriptions.find(name)
    now = broker.now().timestamp()
    limit = asked.limit(_PAGE, 100)
    found = list(
        islice(after(feed.entries, asked.number("page") or 0), limit + 1),
    )
    return {
        "subscription": _feed(feed, now),
        "messages": [_message(feed, entry, now) for entry in found[:limit]],
        "next": str(found[limit - 1].seq) if len(found) > limit else None,
    }


def waiting(broker: Broker) -> int:
    """
    How many messages there are in all subscriptions.
    """
    return sum(len(feed.entries) for feed in broker.subscriptions)


def _feed(feed: Feed, now: float) -> dict[str, Any]:
    stands = standing(feed.entries, now)
    subscription = feed.subscription
    return {
        "name": subscription.name,
        "topic": subscription.topic,
        "ackDeadlineSeconds": subscription.ack_deadline_seconds,
        "filter": subscription.filter,
        "ordered": subscription.enable_message_ordering,
        "detached": subscription.detached,
        "pushEndpoint": _without_secrets(subscription.push_config.push_endpoint),
        "messages": stands.messages,
        "counted": stands.counted,
        "ready": stands.ready,
        "leased": stands.held,
        "resting": stands.resting,
        "oldest": None if stands.oldest is None else rfc3339(stands.oldest),
    }


def _message(feed: Feed, entry: Entry, now: float) -> dict[str, Any]:
    message = PubsubMessage.FromString(feed.body(entry))
    data = bytes(message.data)
    try:
        text = data[:_SHOWN_BYTES].decode(
            "utf-8", "strict" if len(data) <= _SHOWN_BYTES else "ignore"
        )
    except UnicodeDecodeError:
        text = None
    return {
        "id": message.message_id,
        "state": str(state_at(entry, now)),
        "attempts": entry.failures,
        "published": rfc3339(entry.published),
        "orderingKey": message.ordering_key,
        "attributes": dict(message.attributes),
        "bytes": len(data),
        "text": text,
        "whole": len(data) <= _SHOWN_BYTES,
    }


def _without_secrets(endpoint: str) -> str:
    # Receivers are often told by a token in the query who sends.
    parts = urlsplit(endpoint)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
