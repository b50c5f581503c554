"""
Storage in memory, as the worker sees it.
"""

from collections.abc import Callable, Iterator

from localcloud.vertex.rows.gcs.storage_http import (
    DeniedError,
    MissingError,
    ObjectInfo,
    StorageError,
    StorageHttp,
)

BUCKET = "some-bucket"


class MemoryStorage(StorageHttp):
    """
    One bucket; names in `denied` may not be touched, those in `broken` fail.
    """

    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})
        self.denied: set[str] = set()
        self.broken: set[str] = set()
        self.asked: list[str] = []

    def check_bucket(self, bucket: str) -> None:
        if bucket != BUCKET:
            raise MissingError(bucket)

    def info(self, bucket: str, name: str) -> ObjectInfo:
        self._touch(bucket, name)
        if name not in self.objects:
            raise MissingError(name)
        return ObjectInfo(
            generation="1", size=len(self.objects[name]), content_type="text/plain"
        )

    def names(self, bucket: str, prefix: str) -> Iterator[str]:
        self._touch(bucket, prefix)
        return iter(sorted(name for name in self.objects if name.startswith(prefix)))

    def read(self, bucket: str, name: str, generation: str) -> Iterator[bytes]:
        self._touch(bucket, name)
        content = self.objects[name]
        for start in range(0, len(content), 1_000):
            yield content[start : start + 1_000]

    def write(
        self,
        bucket: str,
        name: str,
        content: Callable[[], Iterator[bytes]],
        size: int,
        *,
        once: bool = False,
    ) -> None:
        self._touch(bucket, name)
        if once and name in self.objects:
            return
        written = b"".join(content())
        assert len(written) == size
        self.objects[name] = written

    def _touch(self, bucket: str, name: str) -> None:
        self.check_bucket(bucket)
        self.asked.append(name)
        if name in self.denied:
            raise DeniedError(name)
        if name in self.broken:
            raise StorageError(name)
