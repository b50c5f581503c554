"""
The notification configurations of buckets: who is told of which events, and how.

https://cloud.google.com/storage/docs/json_api/v1/notifications
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from localcloud.storage.disk.buckets import Buckets
from localcloud.storage.disk.database import Database
from localcloud.storage.disk.outbox import EventType, Outbox, Watch
from localcloud.storage.disk.resources import API
from localcloud.storage.rules.errors import InvalidError, NotFoundError

_RECIPIENT = "notification "
# https://cloud.google.com/storage/quotas#buckets
_MOST_OF_A_BUCKET = 100
_MOST_OF_AN_EVENT = 10


class PayloadFormat(StrEnum):
    """
    What a message holds beside its attributes.
    """

    JSON_API_V1 = "JSON_API_V1"
    NONE = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """
    One configuration; `topic` is `projects/P/topics/T`, no `event_types` are all.
    """

    bucket: str
    id: int
    topic: str
    payload_format: PayloadFormat
    event_types: tuple[EventType, ...] = ()
    prefix: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def recipient(self) -> str:
        """
        Its name in the outbox.
        """
        return f"{_RECIPIENT}{self.bucket}/{self.id}"

    @property
    def name(self) -> str:
        """
        Its name in messages.
        """
        return f"projects/_/buckets/{self.bucket}/notificationConfigs/{self.id}"

    @property
    def kinds(self) -> frozenset[EventType]:
        return frozenset(self.event_types or EventType)

    def watch(self) -> Watch:
        return Watch(
            recipient=self.recipient,
            bucket=self.bucket,
            kinds=self.kinds,
            prefix=self.prefix,
        )

    def resource(self) -> dict[str, Any]:
        """
        What the JSON API shows.
        """
        bucket = quote(self.bucket, safe="")
        shown: dict[str, Any] = {
            "kind": "storage#notification",
            "id": str(self.id),
            "selfLink": f"{API}/b/{bucket}/notificationConfigs/{self.id}",
            "topic": f"//pubsub.googleapis.com/{self.topic}",
            "payload_format": self.payload_format.value,
            "etag": str(self.id),
        }
        if self.event_types:
            shown["event_types"] = [EVENT_NAMES[kind] for kind in self.event_types]
        if self.prefix:
            shown["object_name_prefix"] = self.prefix
        if self.attributes:
            shown["custom_attributes"] = dict(self.attributes)
        return shown


EVENT_NAMES = {
    EventType.FINALIZED: "OBJECT_FINALIZE",
    EventType.METADATA_UPDATED: "OBJECT_METADATA_UPDATE",
    EventType.DELETED: "OBJECT_DELETE",
    EventType.ARCHIVED: "OBJECT_ARCHIVE",
}


class Notifications:
    """
    All configurations, each a recipient of the outbox as long as it exists.
    """

    def __init__(self, database: Database, buckets: Buckets, outbox: Outbox) -> None:
        self._database = database
        self._buckets = buckets
        self._outbox = outbox
        for bucket, number, settings in database.rows(
            "SELECT bucket, id, settings FROM notification"
        ).fetchall():
            outbox.watch(_notification(bucket, number, settings).watch())

    def create(self, asked: Notification) -> Notification:
        """
        Keep a new configuration under the next id of its bucket.
        """
        with self._database.transaction() as run:
            others = self.of(asked.bucket)
            if len(others) >= _MOST_OF_A_BUCKET or any(
                sum(kind in each.kinds for each in others) >= _MOST_OF_AN_EVENT
                for kind in asked.kinds
            ):
                raise InvalidError("Too many overlapping notifications.")
            settings = json.dumps(
                {
                    "topic": asked.topic,
                    "payload_format": asked.payload_format.value,
                    "event_types": [kind.value for kind in asked.event_types],
                    "prefix": asked.prefix,
                    "attributes": dict(asked.attributes),
                }
            )
            number = max((each.id for each in others), default=0) + 1
            made = _notification(asked.bucket, number, settings)
            run(
                "INSERT INTO notification (bucket, id, settings) VALUES (?, ?, ?)",
                made.bucket,
                made.id,
                settings,
            )
            self._database.after_commit(lambda: self._watch(made))
        return made

    def of(self, bucket: str) -> list[Notification]:
        """
        A bucket's configurations; NoSuchBucketError if there is no bucket.
        """
        self._buckets.get(bucket)
        rows = self._database.rows(
            "SELECT bucket, id, settings FROM notification WHERE bucket = ?"
            " ORDER BY id",
            bucket,
        )
        return [_notification(*row) for row in rows]

    def get(self, bucket: str, number: str) -> Notification:
        """
        One configuration; NotFoundError if there is none such.
        """
        for each in self.of(bucket):
            if str(each.id) == number:
                return each
        raise NotFoundError(f"Notification {number} not found.")

    def delete(self, bucket: str, number: str) -> None:
        """
        Forget a configuration, and what waits for it.
        """
        with self._database.transaction() as run:
            gone = self.get(bucket, number)
            run("DELETE FROM notification WHERE bucket = ? AND id = ?", bucket, gone.id)
            self._outbox.unwatch(gone.recipient)

    def forget_bucket(self, bucket: str) -> None:
        """
        As `delete`, for all of a bucket, in the transaction that is running.
        """
        for each in self.of(bucket):
            self._outbox.unwatch(each.recipient)

    def waiting(self) -> list[Notification]:
        """
        The configurations for which events are kept.
        """
        found = []
        for recipient in self._outbox.waiting(_RECIPIENT):
            bucket, _, number = recipient.removeprefix(_RECIPIENT).rpartition("/")
            found.append(self.get(bucket, number))
        return found

    def _watch(self, made: Notification) -> None:
        self._outbox.watch(made.watch())


def _notification(bucket: str, number: int, settings: str) -> Notification:
    kept = json.loads(settings)
    return Notification(
        bucket=bucket,
        id=number,
        topic=kept["topic"],
        payload_format=PayloadFormat(kept["payload_format"]),
        event_types=tuple(EventType(kind) for kind in kept["event_types"]),
        prefix=kept["prefix"],
        attributes=kept["attributes"],
    )
