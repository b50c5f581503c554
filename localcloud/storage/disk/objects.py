"""
The rows of object generations, and every change that can be made to them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from localcloud.storage.disk.buckets import Buckets
from localcloud.storage.disk.contents import Content, Contents
from localcloud.storage.disk.database import Database
from localcloud.storage.disk.drafts import ANYTHING, Draft, Source
from localcloud.storage.disk.object_rows import COLUMNS, PLACES, as_object, as_row
from localcloud.storage.disk.outbox import EventType, Outbox
from localcloud.storage.disk.resources import Bucket, StoredObject
from localcloud.storage.rules.errors import NoSuchObjectError
from localcloud.storage.rules.metadata import check_custom_time, checked, merged
from localcloud.storage.rules.names import check_object_name
from localcloud.storage.rules.preconditions import Preconditions


class Objects:
    """
    All object generations of all buckets.

    Preconditions are checked, the switch made, and its events written, in one
    transaction: of any number of writers with the same precondition, one wins.
    """

    def __init__(
        self, database: Database, buckets: Buckets, contents: Contents, outbox: Outbox
    ) -> None:
        self._database = database
        self._buckets = buckets
        self._contents = contents
        self._outbox = outbox

    def find(
        self, bucket: str, name: str, generation: int | None = None
    ) -> StoredObject | None:
        """
        The live generation, or the one that is asked for; None if it is not there.
        """
        wanted = "live = 1" if generation is None else "generation = ?"
        row = self._database.rows(
            f"SELECT {COLUMNS} FROM object WHERE bucket = ? AND name = ? AND {wanted}",
            bucket,
            name.encode("utf-8", "surrogatepass"),
            *(() if generation is None else (generation,)),
        ).fetchone()
        return None if row is None else as_object(row)

    def get(
        self, bucket: str, name: str, generation: int | None = None
    ) -> StoredObject:
        """
        As `find`; the service's 404 if the bucket or the object is not there.
        """
        found = self.find(bucket, name, generation)
        if found is None:
            self._buckets.get(bucket)
            raise NoSuchObjectError(bucket, name)
        return found

    def source(self, source: Source) -> StoredObject:
        """
        The generation that a copy reads; 404 or 412 if it can't be had.
        """
        found = self.get(source.bucket, source.name, source.generation)
        source.conditions.check_write(found)
        return found

    def check(self, draft: Draft, conditions: Preconditions) -> None:
        """
        Raise what `insert` would raise now, without a content.
        """
        check_object_name(draft.name)
        checked(draft.settings)
        self._buckets.get(draft.bucket)
        conditions.check_write(self.find(draft.bucket, draft.name))

    def insert(
        self,
        draft: Draft,
        content: Content,
        conditions: Preconditions = ANYTHING,
        *,
        consumed: Iterable[StoredObject] = (),
        along: Callable[[StoredObject], None] | None = None,
    ) -> StoredObject:
        """
        Make a complete content the live generation; remove what it `consumed`.

        What `along` writes is part of the same transaction.
        """
        check_object_name(draft.name)
        settings = checked(draft.settings)
        with self._database.transaction():
            bucket = self._buckets.get(draft.bucket)
            old = self.find(draft.bucket, draft.name)
            conditions.check_write(old)
            now = self._database.stamp()
            new = StoredObject(
                bucket=draft.bucket,
                name=draft.name,
                generation=self._database.next_generation(),
                metageneration=1,
                live=True,
                content=content,
                created=now,
                updated=now,
                class_updated=now,
                deleted=None,
                settings={"storageClass": bucket.storage_class, **settings},
            )
            for used in consumed:
                if used != old:
                    self._retire(used, bucket)
            if old is not None:
                self._retire(old, bucket)
            self._database.rows(
                f"INSERT INTO object ({COLUMNS}) VALUES ({PLACES})", *as_row(new)
            )
            self._outbox.add(EventType.FINALIZED, new, now)
            if along is not None:
                along(new)
        return new

    def copy(
        self,
        source: Source,
        target: Draft,
        conditions: Preconditions,
    ) -> tuple[StoredObject, StoredObject]:
        """
        Give a generation's exact content to another name, without a byte moving.

        The target's settings replace the source's as a whole; a storage class
        alone goes on top of them. Returns source and copy.
        """
        old = self.source(source)
        settings = dict(target.settings)
        if settings.keys() <= {"storageClass"}:
            kept = {k: v for k, v in old.settings.items() if k != "storageClass"}
            settings = {**kept, **settings}
        # No await lies between the two, so the content is still there.
        return old, self.insert(
            replace(target, settings=settings), old.content, conditions
        )

    def change(
        self,
        source: Source,
        settings: Mapping[str, Any],
        *,
        replacing: bool,
    ) -> StoredObject:
        """
        Patch a generation's settings, or replace them; the metageneration grows.
        """
        with self._database.transaction() as run:
            old = self.source(source)
            kept = {"storageClass": old.settings["storageClass"]}
            base: Mapping[str, Any] = {} if replacing else old.settings
            after = checked({**merged(base, settings), **kept})
            check_custom_time(old.settings, after)
            new = replace(
                old,
                metageneration=old.metageneration + 1,
                updated=self._database.stamp(),
                settings=after,
            )
            run(
                "UPDATE object SET metageneration = ?, updated = ?, settings = ?"
                " WHERE bucket = ? AND name = ? AND generation = ?",
                new.metageneration,
                new.updated,
                json.dumps(new.settings),
                *as_row(new)[:3],
            )
            self._outbox.add(EventType.METADATA_UPDATED, new, new.updated)
        return new

    def delete(self, source: Source) -> None:
        """
        Delete a generation for good; without one named, archive if versioned.
        """
        with self._database.transaction():
            old = self.source(source)
            if source.generation is not None:
                self._remove(old)
            else:
                self._retire(old, self._buckets.get(old.bucket))

    def _retire(self, old: StoredObject, bucket: Bucket) -> None:
        if not (old.live and bucket.versioned):
            self._remove(old)
            return
        now = self._database.stamp()
        gone = replace(old, live=False, deleted=now)
        self._database.rows(
            "UPDATE object SET live = 0, deleted = ?"
            " WHERE bucket = ? AND name = ? AND generation = ?",
            gone.deleted,
            *as_row(gone)[:3],
        )
        self._outbox.add(EventType.ARCHIVED, gone, now)

    def _remove(self, old: StoredObject) -> None:
        rows = self._database.rows
        rows(
            "DELETE FROM object WHERE bucket = ? AND name = ? AND generation = ?",
            *as_row(old)[:3],
        )
        # Not before the commit: what follows in this transaction may name it again.
        self._database.after_commit(lambda: self._drop_if_unused(old.content.id))
        now = self._database.stamp()
        gone = replace(old, live=False, deleted=old.deleted or now)
        self._outbox.add(EventType.DELETED, gone, now)

    def _drop_if_unused(self, content: str) -> None:
        used = self._database.rows(
            "SELECT 1 FROM object WHERE content = ? LIMIT 1", content
        )
        if used.fetchone() is None:
            self._contents.remove(content)
