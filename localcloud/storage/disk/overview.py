"""
What a page about all buckets asks for: reads alone, each with an end.
"""

from dataclasses import dataclass

from localcloud.storage.disk.database import Database
from localcloud.storage.disk.object_rows import COLUMNS, as_object
from localcloud.storage.disk.resources import StoredObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """
    How much a bucket holds; `more` says that the count was ended there.
    """

    objects: int
    bytes: int
    more: bool


class Overview:
    """
    Buckets and generations, whatever project they belong to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest_generation(self) -> int:
        """
        The newest generation of any object: nothing was made since if it is the same.
        """
        (latest,) = self._database.rows("SELECT generation FROM latest").fetchone()
        return int(latest)

    def bucket_names(self, limit: int) -> list[str]:
        """
        The first names, in order.
        """
        rows = self._database.rows(
            "SELECT name FROM bucket ORDER BY name LIMIT ?", limit
        )
        return [name for (name,) in rows]

    def size(self, bucket: str, at_most: int) -> Size:
        """
        Count a bucket's live objects and their bytes, as far as `at_most`.
        """
        row = self._database.rows(
            "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM"
            " (SELECT size FROM object WHERE bucket = ? AND live = 1 LIMIT ?)",
            bucket,
            at_most + 1,
        ).fetchone()
        objects, size = row
        return Size(objects=min(objects, at_most), bytes=size, more=objects > at_most)

    def generations(self, bucket: str, name: str, limit: int) -> list[StoredObject]:
        """
        The newest generations of an object, live or not, newest first.
        """
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM object WHERE bucket = ? AND name = ?"
            " ORDER BY generation DESC LIMIT ?",
            bucket,
            name.encode("utf-8", "surrogatepass"),
            limit,
        )
        return [as_object(row) for row in rows]

    def newer(
        self, bucket: str, prefix: str, generation: int, limit: int
    ) -> list[StoredObject]:
        """
        The live objects under a prefix that were made after a generation, in the
        order in which they were made.
        """
        low = prefix.encode()
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM object"
            " WHERE bucket = ? AND live = 1 AND name >= ? AND name < ?"
            " AND generation > ? ORDER BY generation LIMIT ?",
            bucket,
            low,
            # 0xFF is in no UTF-8 text.
            low + b"\xff",
            generation,
            limit,
        )
        return [as_object(row) for row in rows]
