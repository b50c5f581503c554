"""
The notification methods of the JSON API.

https://cloud.google.com/storage/docs/json_api/v1/notifications
"""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.disk.notifications import (
    EVENT_NAMES,
    Notification,
    PayloadFormat,
)
from localcloud.storage.disk.resources import agent_of
from localcloud.storage.disk.store import Store
from localcloud.storage.notices.topics import Topics
from localcloud.storage.rules.errors import InvalidError, RequiredError

_TOPIC = re.compile(r"(?://pubsub\.googleapis\.com/)?(projects/[^/]+/topics/[^/]+)")
# https://cloud.google.com/storage/quotas#buckets
_MOST_ATTRIBUTES = 10
# https://cloud.google.com/pubsub/quotas#resource_limits
_LONGEST_KEY = 256
_LONGEST_VALUE = 1024
_KINDS = {name: kind for kind, name in EVENT_NAMES.items()}


class NotificationMethods:
    """
    Each method takes a call and what its path names.
    """

    def __init__(self, store: Store, topics: Topics) -> None:
        self._store = store
        self._topics = topics

    def insert(self, call: Call, names: Mapping[str, str]) -> Reply:
        bucket = self._store.buckets.get(names["bucket"])
        asked = _asked(call.json(), bucket.name)
        if not self._topics.exists(asked.topic):
            raise InvalidError(
                f"Cloud Pub/Sub topic '//pubsub.googleapis.com/{asked.topic}' not "
                f"found, or user '{agent_of(bucket.project)}' does not have "
                "permission to it."
            )
        return Reply(resource=self._store.notifications.create(asked).resource())

    def get(self, call: Call, names: Mapping[str, str]) -> Reply:
        found = self._store.notifications.get(names["bucket"], names["notification"])
        return Reply(resource=found.resource())

    def list(self, call: Call, names: Mapping[str, str]) -> Reply:
        shown: dict[str, object] = {"kind": "storage#notifications"}
        if found := self._store.notifications.of(names["bucket"]):
            shown["items"] = [each.resource() for each in found]
        return Reply(resource=shown)

    def delete(self, call: Call, names: Mapping[str, str]) -> Reply:
        self._store.notifications.delete(names["bucket"], names["notification"])
        return Reply(status=204)


def _asked(given: Mapping[str, Any], bucket: str) -> Notification:
    topic = given.get("topic")
    if topic is None:
        raise RequiredError("Required")
    match = _TOPIC.fullmatch(topic) if isinstance(topic, str) else None
    if match is None:
        raise InvalidError(f"Invalid Google Cloud Pub/Sub topic: '{topic}'")
    payload = given.get("payload_format")
    if payload is None:
        raise RequiredError("Required")
    if payload not in list(PayloadFormat):
        raise InvalidError(f"Invalid payload format: '{payload}'")
    kinds = given.get("event_types") or []
    if not isinstance(kinds, list) or not all(
        isinstance(kind, str) and kind in _KINDS for kind in kinds
    ):
        raise InvalidError(f"Invalid event type: '{kinds}'")
    prefix = given.get("object_name_prefix") or ""
    if not isinstance(prefix, str):
        raise InvalidError("Invalid value for: object_name_prefix")
    return Notification(
        bucket=bucket,
        id=0,
        topic=match[1],
        payload_format=PayloadFormat(payload),
        event_types=tuple(dict.fromkeys(_KINDS[kind] for kind in kinds)),
        prefix=prefix,
        attributes=_attributes(given.get("custom_attributes") or {}),
    )


def _attributes(given: object) -> Mapping[str, str]:
    if not isinstance(given, Mapping) or len(given) > _MOST_ATTRIBUTES:
        raise InvalidError("Invalid value for: custom_attributes")
    for key, value in given.items():
        if (
            not isinstance(value, str)
            or not 1 <= len(key.encode("utf-8", "replace")) <= _LONGEST_KEY
            or len(value.encode("utf-8", "replace")) > _LONGEST_VALUE
        ):
            raise InvalidError(f"Invalid custom attribute: '{key}'")
    return dict(given)
