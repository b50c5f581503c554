"""
What happened to objects, kept until whoever delivers it has done so.
"""

import json
from collections.abc import Callable
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
    """

    id: int
    type: EventType
    bucket: str
    time: str
    resource: dict[str, Any]


class Outbox:
    """
    The events, oldest first.

    An event is written by the transaction that makes it true, so that a crash
    can't part the two.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Callable[[], None]] = []

    def listen(self, callback: Callable[[], None]) -> None:
        """
        Have `callback` called after each commit that added an event.
        """
        self._listeners.append(callback)

    def add(self, kind: EventType, about: StoredObject, time: str) -> None:
        """
        Add an event to the transaction that is running.
        """
        self._database.rows(
            "INSERT INTO event (type, bucket, time, resource) VALUES (?, ?, ?, ?)",
            kind.value,
            about.bucket,
            time,
            json.dumps(about.resource()),
        )
        self._database.after_commit(self._notify)

    def events(self, after: int, limit: int) -> list[StorageEvent]:
        """
        The oldest events with an id above `after`, at most `limit`.
        """
        found = self._database.rows(
            "SELECT id, type, bucket, time, resource FROM event"
            " WHERE id > ? ORDER BY id LIMIT ?",
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
            )
            for row in found
        ]

    def forget(self, event_id: int) -> None:
        """
        Remove an event that has been delivered, or that nobody wants.
        """
        with self._database.transaction() as run:
            run("DELETE FROM event WHERE id = ?", event_id)

    def _notify(self) -> None:
        for callback in self._listeners:
            callback()
