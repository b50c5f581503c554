"""
How a generation stops being live: archived, soft-deleted, or gone for good.

https://cloud.google.com/storage/docs/soft-delete
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from localcloud.storage.disk.contents import Contents
from localcloud.storage.disk.database import Database
from localcloud.storage.disk.object_rows import (
    SOFT_COLUMNS,
    SOFT_PLACES,
    as_object,
    as_row,
)
from localcloud.storage.disk.outbox import EventType, Outbox
from localcloud.storage.disk.resources import Bucket, StoredObject
from localcloud.storage.rules.metadata import stamp

_SWEEP_EVERY = timedelta(minutes=1)


class Endings:
    """
    Writes the endings into the transaction that is running, with their events.

    What is soft-deleted keeps its content until its time is over, by the clock: it is
    out of sight at that moment, and off the disk within a minute of use after it.
    """

    def __init__(self, database: Database, contents: Contents, outbox: Outbox) -> None:
        self._database = database
        self._contents = contents
        self._outbox = outbox
        self._swept: datetime | None = None

    def retire(self, old: StoredObject, bucket: Bucket, by: int | None = None) -> None:
        """
        End a generation as an overwrite or a plain delete does: archive it if it is
        live and the bucket is versioned. `by` is the generation that takes its place.
        """
        if not (old.live and bucket.versioned):
            self.remove(old, bucket.soft_delete_seconds, by)
            return
        now = self._database.stamp()
        gone = replace(old, live=False, deleted=now)
        self._database.rows(
            "UPDATE object SET live = 0, deleted = ?"
            " WHERE bucket = ? AND name = ? AND generation = ?",
            gone.deleted,
            *as_row(gone)[:3],
        )
        self._outbox.add(EventType.ARCHIVED, gone, now, by)

    def remove(self, old: StoredObject, kept_seconds: int, by: int | None) -> None:
        """
        Delete a generation, to be had back for so many seconds.
        """
        self.sweep()
        self._database.rows(
            "DELETE FROM object WHERE bucket = ? AND name = ? AND generation = ?",
            *as_row(old)[:3],
        )
        moment = self._database.now()
        if kept_seconds:
            end = stamp(moment + timedelta(seconds=kept_seconds))
            self._database.rows(
                f"INSERT INTO soft_deleted ({SOFT_COLUMNS}) VALUES ({SOFT_PLACES})",
                *as_row(replace(old, live=False)),
                stamp(moment),
                end,
            )
        else:
            self._drop_after_commit([old.content.id])
        gone = replace(old, live=False, deleted=old.deleted or stamp(moment))
        self._outbox.add(EventType.DELETED, gone, stamp(moment), by)

    def find(self, bucket: str, name: str, generation: int) -> StoredObject | None:
        """
        A soft-deleted generation; None if there is none such, or no longer.
        """
        row = self._database.rows(
            f"SELECT {SOFT_COLUMNS} FROM soft_deleted WHERE bucket = ? AND name = ?"
            " AND generation = ? AND hard_deleted > ?",
            bucket,
            name.encode("utf-8", "surrogatepass"),
            generation,
            self._database.stamp(),
        ).fetchone()
        return None if row is None else as_object(row)

    def forget_bucket(self, bucket: str) -> None:
        """
        Give up what is soft-deleted in a bucket that goes.
        """
        gone = self._database.rows(
            "DELETE FROM soft_deleted WHERE bucket = ? RETURNING content", bucket
        ).fetchall()
        self._drop_after_commit([content for (content,) in gone])

    def sweep(self) -> None:
        """
        Remove for good what is past its time, once a minute at most.
        """
        now = self._database.now()
        if self._swept is not None and abs(now - self._swept) < _SWEEP_EVERY:
            return
        self._swept = now
        gone = self._database.rows(
            "DELETE FROM soft_deleted WHERE hard_deleted <= ? RETURNING content",
            stamp(now),
        ).fetchall()
        self._drop_after_commit([content for (content,) in gone])

    def _drop_after_commit(self, contents: Iterable[str]) -> None:
        # Not before the commit: what follows in this transaction may name it again.
        for content in contents:
            self._database.after_commit(lambda each=content: self._drop(each))  # type: ignore[misc]  # mypy can't infer a lambda's default

    def _drop(self, content: str) -> None:
        used = self._database.rows(
            "SELECT 1 FROM object WHERE content = ?1"
            " UNION ALL SELECT 1 FROM soft_deleted WHERE content = ?1 LIMIT 1",
            content,
        )
        if used.fetchone() is None:
            self._contents.remove(content)
