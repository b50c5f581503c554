"""
The store: everything that is kept, under one folder.

The server answers from it; the local cloud's set-up uses it directly.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from localcloud.storage.disk.buckets import Buckets
from localcloud.storage.disk.contents import Contents
from localcloud.storage.disk.copies import Copies
from localcloud.storage.disk.database import Database
from localcloud.storage.disk.drafts import ANYTHING, Draft
from localcloud.storage.disk.endings import Endings
from localcloud.storage.disk.listing import ListRequest, Page, list_objects
from localcloud.storage.disk.notifications import Notifications
from localcloud.storage.disk.objects import Objects
from localcloud.storage.disk.outbox import Feed, Outbox, Watch
from localcloud.storage.disk.overview import Overview
from localcloud.storage.disk.policies import Policies
from localcloud.storage.disk.resources import Bucket, StoredObject
from localcloud.storage.disk.uploads import Uploads, UploadState
from localcloud.storage.knobs import GOOGLES, StorageKnobs
from localcloud.storage.rules.overwrites import FREELY
from localcloud.storage.rules.preconditions import Preconditions
from localcloud.storage.rules.write_rate import WriteRate


def utc_now() -> datetime:
    """
    The wall clock.
    """
    return datetime.now(UTC)


class Store:
    """
    Buckets, objects, uploads and events; what was committed survives a SIGKILL.

    For one thread at a time: the event loop's, once that runs.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = utc_now,
        knobs: StorageKnobs = GOOGLES,
    ) -> None:
        self._database = Database(folder, now)
        self.contents = Contents(folder / "contents")
        self.outbox = Outbox(self._database)
        self.buckets = Buckets(self._database, knobs.soft_delete_seconds)
        self._endings = Endings(self._database, self.contents, self.outbox)
        rate = WriteRate(knobs.writes_per_second, knobs.write_burst, now)
        self.objects = Objects(
            self._database, self.buckets, self._endings, self.outbox, rate
        )
        self.copies = Copies(self.objects, self.buckets, self._endings, rate)
        self.notifications = Notifications(self._database, self.buckets, self.outbox)
        self.policies = Policies(self._database, self.buckets)
        self.uploads = Uploads(self._database, now)
        self.overview = Overview(self._database)
        self.uploads.expire()
        with self._database.transaction():
            self._endings.sweep()
        named = self._database.rows(
            "SELECT content FROM object UNION SELECT content FROM soft_deleted"
            " UNION SELECT content FROM upload WHERE state = ?",
            UploadState.OPEN.value,
        )
        self.contents.sweep({content for (content,) in named})

    def close(self) -> None:
        """
        Give the folder back.
        """
        self._database.close()

    def create_bucket_if_absent(
        self, name: str, project: str, settings: Mapping[str, Any] | None = None
    ) -> Bucket:
        """
        The bucket of that name, made with `settings` only if there is none.

        Settings are fields of the bucket resource, such as `location`.
        """
        return self.buckets.find(name) or self.buckets.create(
            name, project, settings or {}
        )

    def insert_object(
        self,
        bucket: str,
        name: str,
        data: bytes,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        conditions: Preconditions = ANYTHING,
    ) -> StoredObject:
        """
        Make `data` the live generation of an object.
        """
        settings: dict[str, Any] = {"contentType": content_type}
        if metadata:
            settings["metadata"] = dict(metadata)
        draft = Draft(bucket=bucket, name=name, settings=settings)
        writer = self.contents.writer()
        writer.write(data)
        try:
            return self.objects.insert(draft, writer.finish(), conditions, FREELY)
        except BaseException:
            writer.abandon()
            raise

    def open_object(
        self, bucket: str, name: str, generation: int | None = None
    ) -> tuple[StoredObject, BinaryIO]:
        """
        A generation and its bytes, readable to the end even if it is deleted.
        """
        found = self.objects.get(bucket, name, generation)
        return found, self.contents.path(found.content.id).open("rb")

    def list_objects(self, request: ListRequest) -> Page:
        """
        A page of a bucket's objects; NoSuchBucketError if it has none such.
        """
        self.buckets.get(request.bucket)
        return list_objects(self._database, request)

    def delete_bucket(self, name: str, conditions: Preconditions = ANYTHING) -> None:
        """
        Delete an empty bucket, and with it what was soft-deleted in it.
        """

        def along(bucket: str) -> None:
            self._endings.forget_bucket(bucket)
            self.notifications.forget_bucket(bucket)

        self.buckets.delete(name, conditions, along)

    def watch(self, watch: Watch) -> Feed:
        """
        Keep the events that a recipient wants, from now on, until it takes them.

        To be said by each process anew, before it answers requests.
        """
        return self.outbox.watch(watch)
