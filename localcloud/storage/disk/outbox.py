"""
What happened to objects, kept until whoever is to hear of it has.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from localcloud.storage.disk.database import Database
from localcloud.storage.disk.resources import StoredObject


class EventType(StrEnum):
    """
    The four kinds, under their Eventarc names.
    """

    FINALIZED = "google.cloud.storage.object.v1.finalized"
    DELETED = "google.cloud.storage.object.v1.deleted"
    ARCHIVED = "google.cloud.storage.object.v1.archived"
    METADATA_UPDATED = "google.cloud.storage.object.v1.metadataUpdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageEvent:
    """
    One fact about one object generation; `resource` is the object as it then was.

    `id` grows with each event and is never used twice. `time` is RFC 3339.
    `counterpart` is the generation that this one replaced, or was replaced by.
    """

    id: int
    type: EventType
    bucket: str
    time: str
    resource: dict[str, Any]
    counterpart: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """
    Which events a recipient wants; a `bucket` of None is every bucket.
    """

    recipient: str
    bucket: str | None = None
    kinds: frozenset[EventType] = frozenset(EventType)
    prefix: str = ""

    def wants(self, kind: EventType, about: StoredObject) -> bool:
        return kind in self.kinds and about.name.startswith(self.prefix)


class Outbox:
    """
    The events, oldest first, each kept once for every recipient that wants it.

    An event is written by the transaction that makes it true, so that a crash
    can't part the two. What nobody wants is not kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watches: dict[str | None, list[Watch]] = {}
        self._listeners: dict[str | None, list[Callable[[], None]]] = {}

    def watch(self, watch: Watch) -> "Feed":
        """
        Keep from now on what this recipient wants, instead of what it wanted before.
        """
        self._drop(watch.recipient)
        self._watches.setdefault(watch.bucket, []).append(watch)
        return Feed(self, watch.recipient)

    def unwatch(self, recipient: str) -> None:
        """
        Keep nothing more for a recipient, in the transaction that is running.
        """
        self._database.rows("DELETE FROM event WHERE recipient = ?", recipient)
        self._database.after_commit(lambda: self._drop(recipient))

    def add(
        self,
        kind: EventType,
        about: StoredObject,
        time: str,
        counterpart: int | None = None,
    ) -> None:
        """
        Add an event to the transaction that is running.
        """
        wanted = [
            watch.recipient
            for watch in self._watching(about.bucket)
            if watch.wants(kind, about)
        ]
        resource = json.dumps(about.resource()) if wanted else ""
        for recipient in wanted:
            self._database.rows(
                "INSERT INTO event"
                " (recipient, type, bucket, time, resource, counterpart)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                recipient,
                kind.value,
                about.bucket,
                time,
                resource,
                counterpart,
            )
        if wanted:
            self._database.after_commit(lambda: self._notify(wanted))

    def waiting(self, prefix: str) -> list[str]:
        """
        The recipients with such names for whom anything is kept.
        """
        found = self._database.rows(
            "SELECT DISTINCT recipient FROM event"
            " WHERE recipient >= ? AND recipient < ?",
            prefix,
            f"{prefix}\U0010ffff",
        )
        return [recipient for (recipient,) in found]

    def events(self, recipient: str, after: int, limit: int) -> list[StorageEvent]:
        """
        A recipient's oldest events with an id above `after`, at most `limit`.
        """
        found = self._database.rows(
            "SELECT id, type, bucket, time, resource, counterpart FROM event"
            " WHERE recipient = ? AND id > ? ORDER BY id LIMIT ?",
            recipient,
            after,
            limit,
        )
        return [
            StorageEvent(
                id=row[0],
                type=EventType(row[1]),
                bucket=row[2],
                time=row[3],
                resource=json.loads(row[4]),
                counterpart=row[5],
            )
            for row in found
        ]

    def forget(self, event_ids: Iterable[int]) -> None:
        """
        Remove events that were delivered, or that nobody wants.
        """
        with self._database.transaction() as run:
            for event_id in event_ids:
                run("DELETE FROM event WHERE id = ?", event_id)

    def listen(self, recipient: str | None, callback: Callable[[], None]) -> None:
        """
        Have `callback` called after each commit that added to what is kept for a
        recipient; None is every recipient.
        """
        self._listeners.setdefault(recipient, []).append(callback)

    def _watching(self, bucket: str) -> list[Watch]:
        return self._watches.get(None, []) + self._watches.get(bucket, [])

    def _drop(self, recipient: str) -> None:
        for bucket, watches in list(self._watches.items()):
            self._watches[bucket] = [w for w in watches if w.recipient != recipient]
            if not self._watches[bucket]:
                del self._watches[bucket]

    def _notify(self, recipients: Iterable[str]) -> None:
        for recipient in (None, *recipients):
            for callback in self._listeners.get(recipient, ()):
                callback()


class Feed:
    """
    What is kept for one recipient.
    """

    def __init__(self, outbox: Outbox, recipient: str) -> None:
        self._outbox = outbox
        self._recipient = recipient

    def events(self, after: int, limit: int) -> list[StorageEvent]:
        """
        The oldest events with an id above `after`, at most `limit`.
        """
        return self._outbox.events(self._recipient, after, limit)

    def forget_event(self, event_id: int) -> None:
        """
        Remove an event that has been delivered, or that nobody wants.
        """
        self._outbox.forget([event_id])

    def on_event(self, callback: Callable[[], None]) -> None:
        """
        Have `callback` called after each commit that added an event.
        """
        self._outbox.listen(self._recipient, callback)
