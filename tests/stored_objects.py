"""What lies in buckets in memory, and what users do with it."""

import base64
import itertools
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.errors import ForbiddenError, MissingError, RefusedError
from shared.ports import ObjectInfo, ObjectVersion


@dataclass(frozen=True)
class Stored:
    """A generation of an object."""

    info: ObjectVersion
    content: bytes


class StoredObjects:
    """Generations: live, archived in the inbox, and soft-deleted."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._generations = itertools.count(1_000_001)
        self.live: dict[tuple[str, str], Stored] = {}
        self.archive: dict[tuple[str, str, int], Stored] = {}
        # Deleted for ever, as far as anybody sees who does not restore it.
        self.soft_deleted: dict[tuple[str, str, int], Stored] = {}
        # Buckets of which whatever is asked is a wrong request.
        self.refused: set[str] = set()
        # Buckets that the caller may not list: what isn't there is forbidden.
        self.unlisted: set[str] = set()

    def put(self, bucket: str, name: str, content: bytes) -> ObjectInfo:
        """Write without a precondition, as an uploader does."""
        return self._store(bucket, name, content, {})

    def remove(self, bucket: str, name: str, *, for_ever: bool = False) -> None:
        """
        Delete as a user does; `for_ever` takes the noncurrent versions too. Where
        nothing is archived, and for ever, it is soft-deleted.
        """
        live = self.live.pop((bucket, name), None)
        if live and bucket != "inbox":
            self._soft_delete(live)
        if for_ever:
            gone = [key for key in self.archive if key[:2] == (bucket, name)]
            for key in gone:
                self._soft_delete(self.archive.pop(key))

    def restore(self, bucket: str, name: str, generation: int) -> ObjectInfo:
        """Make a new generation of a soft-deleted one, as a user does."""
        return self.put(
            bucket, name, self.soft_deleted[bucket, name, generation].content
        )

    def names(self, bucket: str) -> Sequence[str]:
        return sorted(name for in_bucket, name in self.live if in_bucket == bucket)

    def generation(self, bucket: str, name: str) -> int:
        """That of the live content."""
        return self._live(bucket, name).info.generation

    def custom_time(self, bucket: str, name: str) -> datetime | None:
        """What a lifecycle rule counts its days from, of the live content."""
        return self._live(bucket, name).info.custom_time

    def content(self, bucket: str, name: str) -> bytes:
        return self._live(bucket, name).content

    def _store(
        self,
        bucket: str,
        name: str,
        content: bytes,
        metadata: dict[str, str],
        custom_time: datetime | None = None,
    ) -> ObjectInfo:
        info = ObjectVersion(
            bucket=bucket,
            name=name,
            generation=next(self._generations),
            crc32c=_checksum(content),
            metadata=metadata,
            size=len(content),
            created=self._now(),
            custom_time=custom_time,
        )
        stored = Stored(info, content)
        if (bucket, name) in self.live and bucket != "inbox":
            self._soft_delete(self.live[bucket, name])
        self.live[bucket, name] = stored
        if bucket == "inbox":
            self.archive[bucket, name, info.generation] = stored
        return info

    def _live(self, bucket: str, name: str) -> Stored:
        self._expect_no_refusal(bucket)
        if (bucket, name) not in self.live:
            raise self._missing(bucket, name)
        return self.live[bucket, name]

    def _generation(self, bucket: str, name: str, generation: int) -> Stored:
        stored = self.live.get((bucket, name))
        if stored is None or stored.info.generation != generation:
            stored = self.archive.get((bucket, name, generation))
        if stored is None:
            raise self._missing(bucket, f"{name}#{generation}")
        return stored

    def _missing(self, bucket: str, name: str) -> Exception:
        if bucket in self.unlisted:
            return ForbiddenError(f"{bucket} forbids it")
        return MissingError(f"{bucket}/{name}")

    def _soft_delete(self, stored: Stored) -> None:
        info = stored.info
        self.soft_deleted[info.bucket, info.name, info.generation] = stored

    def _expect_no_refusal(self, bucket: str) -> None:
        if bucket in self.refused:
            raise RefusedError(bucket)


def _checksum(content: bytes) -> str:
    # Stands for crc32c: all that is asked of it is to differ with the content.
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()
