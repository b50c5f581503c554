"""
A message as a push request: headers and body, wrapped or not.

https://cloud.google.com/pubsub/docs/push#receive_push
https://cloud.google.com/pubsub/docs/payload-unwrapping
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from localcloud.pubsub.wire import MessagePb, SubscriptionPb

_STANDARD = {"Accept": "application/json", "User-Agent": "CloudPubSub-Google"}
# Whoever sends these decides on them, not the message.
_RESERVED = frozenset(
    {
        *("accept", "authorization", "connection", "content-length", "content-type"),
        *("host", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """
    What is sent to the endpoint, but for who sends it.
    """

    headers: Mapping[str, str]
    body: bytes


def envelope(received: MessagePb, subscription: SubscriptionPb) -> Envelope:
    """
    The request for one delivery of a message, as the subscription wants it.
    """
    config = subscription.push_config
    if config.HasField("no_wrapper"):
        headers = dict(_STANDARD)
        if config.no_wrapper.write_metadata:
            headers |= _metadata(received.message, subscription.name)
        return Envelope(headers=headers, body=received.message.data)
    wrapped = {"message": _shown(received.message), "subscription": subscription.name}
    if received.delivery_attempt:
        wrapped["deliveryAttempt"] = received.delivery_attempt
    return Envelope(
        headers=_STANDARD | {"Content-Type": "application/json"},
        body=json.dumps(wrapped, ensure_ascii=False).encode(),
    )


def _shown(message: MessagePb) -> dict[str, Any]:
    """
    Ids and times have both names; what is empty is left out.
    """
    time = _time(message)
    shown: dict[str, Any] = {}
    if message.attributes:
        shown["attributes"] = dict(message.attributes)
    if message.data:
        shown["data"] = b64encode(message.data).decode("ascii")
    shown |= {"messageId": message.message_id, "message_id": message.message_id}
    if message.ordering_key:
        shown["orderingKey"] = message.ordering_key
    return shown | {"publishTime": time, "publish_time": time}


def _metadata(message: MessagePb, subscription: str) -> dict[str, str]:
    attributes = {
        _plain(key): _plain(value)
        for key, value in message.attributes.items()
        if key.lower() not in _RESERVED and _is_name(key)
    }
    told = {
        "x-goog-pubsub-subscription-name": subscription,
        "x-goog-pubsub-message-id": message.message_id,
        "x-goog-pubsub-publish-time": _time(message),
    }
    if message.ordering_key:
        told["x-goog-pubsub-ordering-key"] = _plain(message.ordering_key)
    return attributes | told


def _is_name(key: str) -> bool:
    return key.isascii() and all(
        each.isalnum() or each in "!#$%&'*+-.^_`|~" for each in key
    )


def _plain(text: str) -> str:
    # A header is one line, whatever an attribute holds.
    return "".join(each if each.isprintable() else " " for each in text)


def _time(message: MessagePb) -> str:
    time = message.publish_time.ToDatetime(tzinfo=UTC)
    text: str = time.isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
