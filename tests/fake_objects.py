"""Cloud Storage in memory, as strict as the service."""

import base64
import heapq
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.errors import ConflictError, ForbiddenError, MissingError, RefusedError
from shared.ports import ObjectInfo, ObjectVersion
from tests.faults import Faults


@dataclass(frozen=True)
class _Stored:
    info: ObjectVersion
    content: bytes


class FakeObjects:
    """
    Cloud Storage with generations, versions in the inbox, soft delete, lists in pages,
    and preconditions.
    """

    def __init__(self, faults: Faults, now: Callable[[], datetime]) -> None:
        self._faults = faults
        self._now = now
        self._generations = itertools.count(1_000_001)
        self.live: dict[tuple[str, str], _Stored] = {}
        self.archive: dict[tuple[str, str, int], _Stored] = {}
        # Deleted for ever, as far as anybody sees who does not restore it.
        self.soft_deleted: dict[tuple[str, str, int], _Stored] = {}
        # Buckets where the caller may create and not delete, as strictly as it can
        # be told: what exists is forbidden before it is a conflict.
        self.kept: set[str] = set()
        # Buckets of which whatever is asked is a wrong request.
        self.refused: set[str] = set()
        # Buckets that the caller may not list: what isn't there is forbidden.
        self.unlisted: set[str] = set()
        self.chunk = 1 << 16
        self.page = 1000
        # Before every piece of a stream.
        self.on_chunk: Callable[[], None] = lambda: None
        # Before every page of a list but the first.
        self.on_page: Callable[[], None] = lambda: None
        # Before a copy of what lies there.
        self.on_copy: Callable[[str, str], None] = lambda bucket, name: None
        # When a change is about to be made, whose preconditions hold.
        self.on_change: Callable[[str, str], None] = lambda bucket, name: None

    def put(self, bucket: str, name: str, content: bytes) -> ObjectInfo:
        """Write without a precondition, as an uploader does."""
        return self._store(bucket, name, content, {})

    def read(self, bucket: str, name: str) -> tuple[bytes, int]:
        def effect() -> tuple[bytes, int]:
            stored = self._live(bucket, name)
            return stored.content, stored.info.generation

        return self._faults.call(f"objects.read {bucket}", effect)

    def write(
        self,
        bucket: str,
        name: str,
        content: bytes,
        *,
        if_generation: int,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        def effect() -> ObjectInfo:
            self._must_be(bucket, name, if_generation)
            self.on_change(bucket, name)
            return self._store(bucket, name, content, dict(metadata or {}))

        return self._faults.call(f"objects.write {bucket}", effect)

    def annotate(self, bucket: str, name: str, metadata: Mapping[str, str]) -> None:
        def effect() -> None:
            stored = self._live(bucket, name)
            self.on_change(bucket, name)
            merged = {**stored.info.metadata, **metadata}
            info = replace(stored.info, metadata=merged)
            self.live[bucket, name] = _Stored(info, stored.content)

        self._faults.call(f"objects.annotate {bucket}", effect)

    def delete(self, bucket: str, name: str, *, if_generation: int) -> None:
        def effect() -> None:
            self._live(bucket, name)
            self._must_be(bucket, name, if_generation)
            self.on_change(bucket, name)
            self.remove(bucket, name)

        self._faults.call(f"objects.delete {bucket}", effect)

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectInfo]:
        """Each page is a call of its own, and shows what is there at its time."""
        last = ""
        while True:

            def effect(after: str = last) -> Sequence[ObjectInfo]:
                return self._page(bucket, prefix, after)

            page = self._faults.call(f"objects.list {bucket}", effect)
            yield from page[: self.page]
            if len(page) <= self.page:
                return
            last = page[self.page - 1].name
            self.on_page()

    def versions(self, bucket: str, *, since: str) -> Iterator[ObjectVersion]:
        """In pages, as `list`."""
        last = since, 0
        while True:

            def effect(after: tuple[str, int] = last) -> Sequence[ObjectVersion]:
                return [
                    stored.info
                    for (in_bucket, *place), stored in sorted(self.archive.items())
                    if in_bucket == bucket and tuple(place) > after
                ]

            page = self._faults.call(f"objects.versions {bucket}", effect)
            yield from page[: self.page]
            if len(page) <= self.page:
                return
            last = page[self.page - 1].name, page[self.page - 1].generation
            self.on_page()

    def stream(
        self, bucket: str, name: str, generation: int, sink: Callable[[bytes], object]
    ) -> None:
        def effect() -> None:
            content = self._generation(bucket, name, generation).content
            for start in range(0, len(content), self.chunk):
                self.on_chunk()
                sink(content[start : start + self.chunk])

        self._faults.call(f"objects.stream {bucket}", effect)

    def copy(self, source: tuple[str, str, int], target: tuple[str, str]) -> ObjectInfo:
        def effect() -> ObjectInfo:
            stored = self._generation(*source)
            self._must_be(*target, 0)
            self.on_change(*target)
            return self._store(*target, stored.content, dict(stored.info.metadata))

        self.on_copy(*source[:2])
        return self._faults.call(f"objects.copy {target[0]}", effect)

    def info(self, bucket: str, name: str) -> ObjectVersion:
        return self._faults.call(
            f"objects.info {bucket}", lambda: self._live(bucket, name).info
        )

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

    def content(self, bucket: str, name: str) -> bytes:
        return self._live(bucket, name).content

    def _store(
        self, bucket: str, name: str, content: bytes, metadata: dict[str, str]
    ) -> ObjectInfo:
        info = ObjectVersion(
            bucket=bucket,
            name=name,
            generation=next(self._generations),
            crc32c=_checksum(content),
            metadata=metadata,
            size=len(content),
            created=self._now(),
        )
        stored = _Stored(info, content)
        if (bucket, name) in self.live and bucket != "inbox":
            self._soft_delete(self.live[bucket, name])
        self.live[bucket, name] = stored
        if bucket == "inbox":
            self.archive[bucket, name, info.generation] = stored
        return info

    def _live(self, bucket: str, name: str) -> _Stored:
        self._expect_no_refusal(bucket)
        if (bucket, name) not in self.live:
            raise self._missing(bucket, name)
        return self.live[bucket, name]

    def _generation(self, bucket: str, name: str, generation: int) -> _Stored:
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

    def _page(self, bucket: str, prefix: str, after: str) -> Sequence[ObjectInfo]:
        """A page, and the first of the next one if there is one."""
        names = [
            name
            for in_bucket, name in self.live
            if in_bucket == bucket and name.startswith(prefix) and name > after
        ]
        found = heapq.nsmallest(self.page + 1, names)
        return [self.live[bucket, name].info for name in found]

    def _soft_delete(self, stored: _Stored) -> None:
        info = stored.info
        self.soft_deleted[info.bucket, info.name, info.generation] = stored

    def _expect_no_refusal(self, bucket: str) -> None:
        if bucket in self.refused:
            raise RefusedError(bucket)

    def _must_be(self, bucket: str, name: str, generation: int) -> None:
        self._expect_no_refusal(bucket)
        stored = self.live.get((bucket, name))
        if stored and bucket in self.kept:
            raise ForbiddenError(f"{bucket} forbids it")
        if (stored.info.generation if stored else 0) != generation:
            raise ConflictError(f"{bucket}/{name}")


def _checksum(content: bytes) -> str:
    # Stands for crc32c: all that is asked of it is to differ with the content.
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()
