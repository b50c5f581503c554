"""
The rows of object generations, and every change that can be made to them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from localcloud.storage.disk.buckets import Buckets
from localcloud.storage.disk.contents import Content
from localcloud.storage.disk.database import Database
from localcloud.storage.disk.drafts import Draft, Source
from localcloud.storage.disk.endings import Endings
from localcloud.storage.disk.object_rows import COLUMNS, PLACES, as_object, as_row
from localcloud.storage.disk.outbox import EventType, Outbox
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.rules.errors import NoSuchObjectError
from localcloud.storage.rules.metadata import check_custom_time, checked, merged
from localcloud.storage.rules.names import check_object_name
from localcloud.storage.rules.overwrites import Overwrites
from localcloud.storage.rules.preconditions import Preconditions
from localcloud.storage.rules.write_rate import WriteRate


class Objects:
    """
    All object generations of all buckets.

    Preconditions are checked, the switch made, and its events written, in one
    transaction: of any number of writers with the same precondition, one wins.
    A write that is refused for another reason does not count against the rate.
    """

    def __init__(
        self,
        database: Database,
        buckets: Buckets,
        endings: Endings,
        outbox: Outbox,
        rate: WriteRate,
    ) -> None:
        self._database = database
        self._buckets = buckets
        self._endings = endings
        self._outbox = outbox
        self._rate = rate

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

    def get_soft_deleted(self, bucket: str, name: str, generation: int) -> StoredObject:
        """
        A soft-deleted generation; the service's 404 if there is none, or no longer.
        """
        found = self._endings.find(bucket, name, generation)
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

    def check(
        self,
        draft: Draft,
        conditions: Preconditions,
        overwrites: Overwrites,
    ) -> None:
        """
        Raise what `insert` would raise now, without a content.
        """
        check_object_name(draft.name)
        checked(draft.settings)
        self._buckets.get(draft.bucket)
        old = self.find(draft.bucket, draft.name)
        overwrites.check(draft.bucket, conditions, old)

    def insert(
        self,
        draft: Draft,
        content: Content,
        conditions: Preconditions,
        overwrites: Overwrites,
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
            overwrites.check(draft.bucket, conditions, old)
            self._rate.take(draft.bucket, draft.name)
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
                    self._endings.retire(used, bucket)
            if old is not None:
                self._endings.retire(old, bucket, by=new.generation)
            self._database.rows(
                f"INSERT INTO object ({COLUMNS}) VALUES ({PLACES})", *as_row(new)
            )
            replaced = None if old is None else old.generation
            self._outbox.add(EventType.FINALIZED, new, now, replaced)
            if along is not None:
                along(new)
        return new

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
            self._rate.take(old.bucket, old.name)
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
        Delete a generation; without one named, archive it if the bucket is versioned.
        """
        with self._database.transaction():
            old = self.source(source)
            self._rate.take(old.bucket, old.name)
            bucket = self._buckets.get(old.bucket)
            if source.generation is not None:
                self._endings.remove(old, bucket.soft_delete_seconds, None)
            else:
                self._endings.retire(old, bucket)
