"""Cloud Storage in memory, as strict as the service."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shared.errors import ConflictError, ForbiddenError
from shared.ports import ObjectInfo, ObjectVersion
from tests.faults import Faults
from tests.stored_objects import Stored, StoredObjects


class FakeObjects(StoredObjects):
    """
    Cloud Storage with generations, versions in the inbox, soft delete, lists in pages,
    and preconditions.
    """

    def __init__(self, faults: Faults, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self._faults = faults
        # Buckets where the caller may create and not delete, as strictly as it can
        # be told: what exists is forbidden before it is a conflict.
        self.kept: set[str] = set()
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
        custom_time: datetime | None = None,
    ) -> ObjectInfo:
        def effect() -> ObjectInfo:
            self._must_be(bucket, name, if_generation)
            self.on_change(bucket, name)
            said = dict(metadata or {})
            return self._store(bucket, name, content, said, custom_time)

        return self._faults.call(f"objects.write {bucket}", effect)

    def annotate(self, bucket: str, name: str, metadata: Mapping[str, str]) -> None:
        def effect() -> None:
            stored = self._live(bucket, name)
            self.on_change(bucket, name)
            merged = {**stored.info.metadata, **metadata}
            info = replace(stored.info, metadata=merged)
            self.live[bucket, name] = Stored(info, stored.content)

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

    def _page(self, bucket: str, prefix: str, after: str) -> Sequence[ObjectInfo]:
        """A page, and the first of the next one if there is one."""
        names = [
            name
            for in_bucket, name in self.live
            if in_bucket == bucket and name.startswith(prefix) and name > after
        ]
        found = heapq.nsmallest(self.page + 1, names)
        return [self.live[bucket, name].info for name in found]

    def _must_be(self, bucket: str, name: str, generation: int) -> None:
        self._expect_no_refusal(bucket)
        stored = self.live.get((bucket, name))
        if stored and bucket in self.kept:
            raise ForbiddenError(f"{bucket} forbids it")
        if (stored.info.generation if stored else 0) != generation:
            raise ConflictError(f"{bucket}/{name}")
