"""
How an object generation is written as a row, and read back.
"""

import json
from typing import Any

from localcloud.storage.disk.contents import Content
from localcloud.storage.disk.resources import StoredObject

COLUMNS = (
    "bucket, name, generation, live, metageneration, content, size, md5, crc32c,"
    " components, created, updated, class_updated, deleted, settings"
)
PLACES = ", ".join("?" * len(COLUMNS.split(",")))
# A soft-deleted generation is a row that says more.
SOFT_COLUMNS = f"{COLUMNS}, soft_deleted, hard_deleted"
SOFT_PLACES = f"{PLACES}, ?, ?"


def as_row(stored: StoredObject) -> tuple[object, ...]:
    """
    The row as `COLUMNS` has it; its first three columns are the key.
    """
    return (
        stored.bucket,
        stored.name.encode(),
        stored.generation,
        int(stored.live),
        stored.metageneration,
        stored.content.id,
        stored.content.size,
        stored.content.md5,
        stored.content.crc32c,
        stored.content.components,
        stored.created,
        stored.updated,
        stored.class_updated,
        stored.deleted,
        json.dumps(stored.settings),
    )


def as_object(row: tuple[Any, ...]) -> StoredObject:
    """
    The generation that a row tells of.
    """
    return StoredObject(
        bucket=row[0],
        name=row[1].decode(),
        generation=row[2],
        live=bool(row[3]),
        metageneration=row[4],
        content=Content(
            id=row[5], size=row[6], md5=row[7], crc32c=row[8], components=row[9]
        ),
        created=row[10],
        updated=row[11],
        class_updated=row[12],
        deleted=row[13],
        settings=json.loads(row[14]),
        soft_deleted=row[15] if len(row) > 15 else None,
        hard_deleted=row[16] if len(row) > 15 else None,
    )
