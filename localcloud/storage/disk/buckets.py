"""
The rows of buckets.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from localcloud.storage.disk.database import Database
from localcloud.storage.disk.resources import Bucket
from localcloud.storage.rules.bucket_settings import (
    check_bucket_settings,
    soft_delete_policy,
)
from localcloud.storage.rules.errors import ConflictError, NoSuchBucketError
from localcloud.storage.rules.metadata import merged
from localcloud.storage.rules.names import check_bucket_name
from localcloud.storage.rules.preconditions import Preconditions

# The service says these; what a request says about them is not kept.
_SAID_BY_THE_SERVICE = (
    "etag",
    "generation",
    "id",
    "kind",
    "locationType",
    "metageneration",
    "name",
    "owner",
    "projectNumber",
    "selfLink",
    "timeCreated",
    "updated",
)
_FIXED_AT_CREATION = ("location", "customPlacementConfig", "hierarchicalNamespace")
_COLUMNS = "name, project, generation, metageneration, created, updated, settings"


class Buckets:
    """
    All buckets, of every project.
    """

    def __init__(self, database: Database, soft_delete_seconds: int) -> None:
        self._database = database
        self._soft_delete_seconds = soft_delete_seconds

    def create(self, name: str, project: str, settings: Mapping[str, Any]) -> Bucket:
        """
        Create a bucket; ConflictError if the name is taken.
        """
        check_bucket_name(name)
        with self._database.transaction() as run:
            taken = self.find(name)
            if taken is not None:
                raise ConflictError(
                    "Your previous request to create the named bucket succeeded and "
                    "you already own it."
                    if taken.project == project
                    else "The requested bucket name is not available. The bucket "
                    "namespace is shared by all users of the system. Please select a "
                    "different name and try again."
                )
            now = self._database.stamp()
            bucket = Bucket(
                name=name,
                project=project,
                generation=self._database.next_generation(),
                metageneration=1,
                created=now,
                updated=now,
                settings=self._with_policy(_own(merged({}, settings)), {}),
            )
            run(
                f"INSERT INTO bucket ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                bucket.name,
                bucket.project,
                bucket.generation,
                bucket.metageneration,
                bucket.created,
                bucket.updated,
                json.dumps(bucket.settings),
            )
        return bucket

    def find(self, name: str) -> Bucket | None:
        """
        The bucket, or None.
        """
        row = self._database.rows(
            f"SELECT {_COLUMNS} FROM bucket WHERE name = ?",
            name,
        ).fetchone()
        return None if row is None else _bucket(row)

    def get(self, name: str) -> Bucket:
        """
        The bucket; NoSuchBucketError if there is none.
        """
        bucket = self.find(name)
        if bucket is None:
            raise NoSuchBucketError
        return bucket

    def page(self, project: str, prefix: str, after: str, limit: int) -> list[Bucket]:
        """
        A project's buckets with names above `after`, in order, at most `limit`.
        """
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM bucket"
            " WHERE project = ? AND name > ? AND substr(name, 1, ?) = ?"
            " ORDER BY name LIMIT ?",
            project,
            after,
            len(prefix),
            prefix,
            limit,
        )
        return [_bucket(row) for row in rows]

    def change(
        self,
        name: str,
        settings: Mapping[str, Any],
        conditions: Preconditions,
        *,
        replacing: bool,
    ) -> Bucket:
        """
        Patch a bucket's settings, or replace them; the metageneration grows.
        """
        with self._database.transaction() as run:
            old = self.get(name)
            conditions.check_write(old)
            kept = {key: old.settings.get(key) for key in _FIXED_AT_CREATION}
            base: Mapping[str, Any] = {} if replacing else old.settings
            new = replace(
                old,
                metageneration=old.metageneration + 1,
                updated=self._database.stamp(),
                settings=self._with_policy(
                    _own(merged(merged(base, settings), kept)), old.settings
                ),
            )
            run(
                "UPDATE bucket SET metageneration = ?, updated = ?, settings = ?"
                " WHERE name = ?",
                new.metageneration,
                new.updated,
                json.dumps(new.settings),
                name,
            )
        return new

    def delete(
        self,
        name: str,
        conditions: Preconditions,
        along: Callable[[str], None] = lambda _: None,
    ) -> None:
        """
        Delete an empty bucket; ConflictError if it holds any generation.

        What `along` writes is part of the same transaction.
        """
        with self._database.transaction() as run:
            conditions.check_write(self.get(name))
            if run("SELECT 1 FROM object WHERE bucket = ? LIMIT 1", name).fetchone():
                raise ConflictError("The bucket you tried to delete is not empty.")
            along(name)
            run("DELETE FROM bucket WHERE name = ?", name)

    def _with_policy(
        self, settings: dict[str, Any], before: Mapping[str, Any]
    ) -> dict[str, Any]:
        check_bucket_settings(settings)
        settings["softDeletePolicy"] = soft_delete_policy(
            settings.get("softDeletePolicy"),
            before.get("softDeletePolicy", {}),
            default_seconds=self._soft_delete_seconds,
            now=self._database.stamp(),
        )
        return settings


def _own(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in settings.items() if key not in _SAID_BY_THE_SERVICE
    }


def _bucket(row: tuple[Any, ...]) -> Bucket:
    return Bucket(
        name=row[0],
        project=row[1],
        generation=row[2],
        metageneration=row[3],
        created=row[4],
        updated=row[5],
        settings=json.loads(row[6]),
    )
