"""
New generations of contents that are there already: copies, moves, restorations.

No byte moves: a content is a file of its own, whatever names it has.
"""

from dataclasses import replace

from localcloud.storage.disk.buckets import Buckets
from localcloud.storage.disk.drafts import Draft, Source
from localcloud.storage.disk.endings import Endings
from localcloud.storage.disk.objects import Objects
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.rules.errors import InvalidError
from localcloud.storage.rules.overwrites import Overwrites
from localcloud.storage.rules.preconditions import Preconditions
from localcloud.storage.rules.write_rate import WriteRate


class Copies:
    """
    Each is made in one transaction, or not at all.

    A source is read with no await before the new generation is made, so its content
    is still there.
    """

    def __init__(
        self, objects: Objects, buckets: Buckets, endings: Endings, rate: WriteRate
    ) -> None:
        self._objects = objects
        self._buckets = buckets
        self._endings = endings
        self._rate = rate

    def copy(
        self,
        source: Source,
        target: Draft,
        conditions: Preconditions,
        overwrites: Overwrites,
    ) -> StoredObject:
        """
        Give a generation's exact content to another name.

        The target's settings replace the source's as a whole; a storage class
        alone goes on top of them.
        """
        old = self._objects.source(source)
        settings = dict(target.settings)
        if settings.keys() <= {"storageClass"}:
            kept = {k: v for k, v in old.settings.items() if k != "storageClass"}
            settings = {**kept, **settings}
        return self._objects.insert(
            replace(target, settings=settings),
            old.content,
            conditions,
            overwrites,
        )

    def move(
        self,
        source: Source,
        target: str,
        conditions: Preconditions,
        overwrites: Overwrites,
    ) -> StoredObject:
        """
        Give a live generation another name in its bucket.

        Under its old name it is archived if the bucket is versioned, and never
        soft-deleted: https://cloud.google.com/storage/docs/json_api/v1/objects/move
        """
        if source.name == target:
            raise InvalidError("The source and destination object names must differ.")
        old = self._objects.source(source)

        def leave(_: StoredObject) -> None:
            self._rate.take(old.bucket, old.name)
            bucket = self._buckets.get(old.bucket)
            if bucket.versioned:
                self._endings.retire(old, bucket)
            else:
                self._endings.remove(old, 0, None)

        draft = Draft(bucket=old.bucket, name=target, settings=old.settings)
        return self._objects.insert(
            draft, old.content, conditions, overwrites, along=leave
        )

    def restore(
        self,
        bucket: str,
        name: str,
        generation: int,
        conditions: Preconditions,
        overwrites: Overwrites,
    ) -> StoredObject:
        """
        Make a copy of a soft-deleted generation the live one.

        https://cloud.google.com/storage/docs/json_api/v1/objects/restore
        """
        found = self._objects.get_soft_deleted(bucket, name, generation)
        draft = Draft(bucket=bucket, name=name, settings=found.settings)
        return self._objects.insert(draft, found.content, conditions, overwrites)
