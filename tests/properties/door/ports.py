"""The real adapters, each call of which is recorded and may be befallen."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from shared.jobs import Job, JobRequest
from shared.ports import (
    Announcements,
    Batches,
    ObjectInfo,
    Objects,
    ObjectVersion,
)
from tests.properties.door.calls import Calls, Rule


def _on(bucket: str, name: str = "") -> Rule:
    place = f"projects/_/buckets/{bucket}" + (f"/objects/{name}" if name else "")
    return {"service": "storage", "resource": f"^{re.escape(place)}$"}


def _asking(method: str) -> Rule:
    return {"service": "vertex", "method": f"{method}BatchPredictionJob*"}


_PUBLISHING: Rule = {"service": "pubsub", "method": "Publish"}


class WatchedObjects:
    """The port `Objects`; `on_chunk` comes before every piece of a stream."""

    def __init__(
        self, real: Objects, calls: Calls, *, on_chunk: Callable[[], None]
    ) -> None:
        self._real = real
        self._calls = calls
        self._on_chunk = on_chunk

    def read(self, bucket: str, name: str) -> tuple[bytes, int]:
        return self._calls.call(
            f"objects.read {bucket}",
            _on(bucket, name),
            lambda: self._real.read(bucket, name),
        )

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
        return self._calls.call(
            f"objects.write {bucket}",
            _on(bucket, name),
            lambda: self._real.write(
                bucket,
                name,
                content,
                if_generation=if_generation,
                metadata=metadata,
                custom_time=custom_time,
            ),
        )

    def annotate(self, bucket: str, name: str, metadata: Mapping[str, str]) -> None:
        self._calls.call(
            f"objects.annotate {bucket}",
            _on(bucket, name),
            lambda: self._real.annotate(bucket, name, metadata),
        )

    def delete(self, bucket: str, name: str, *, if_generation: int) -> None:
        self._calls.call(
            f"objects.delete {bucket}",
            _on(bucket, name),
            lambda: self._real.delete(bucket, name, if_generation=if_generation),
        )

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectInfo]:
        yield from self._calls.call(
            f"objects.list {bucket}",
            _on(bucket),
            lambda: tuple(self._real.list(bucket, prefix)),
        )

    def versions(self, bucket: str, *, since: str) -> Iterator[ObjectVersion]:
        yield from self._calls.call(
            f"objects.versions {bucket}",
            _on(bucket),
            lambda: tuple(self._real.versions(bucket, since=since)),
        )

    def stream(
        self, bucket: str, name: str, generation: int, sink: Callable[[bytes], object]
    ) -> None:
        def piece(data: bytes) -> None:
            self._on_chunk()
            sink(data)

        self._calls.call(
            f"objects.stream {bucket}",
            _on(bucket, name),
            lambda: self._real.stream(bucket, name, generation, piece),
        )

    def copy(self, source: tuple[str, str, int], target: tuple[str, str]) -> ObjectInfo:
        return self._calls.call(
            f"objects.copy {target[0]}",
            _on(*target),
            lambda: self._real.copy(source, target),
        )

    def info(self, bucket: str, name: str) -> ObjectVersion:
        return self._calls.call(
            f"objects.info {bucket}",
            _on(bucket, name),
            lambda: self._real.info(bucket, name),
        )


class WatchedBatches:
    """
    The port `Batches`; `on_create` looks at each request, and `on_cancel` at the name
    of a job, before anything is asked for.
    """

    def __init__(
        self,
        real: Batches,
        calls: Calls,
        *,
        on_create: Callable[[JobRequest], None],
        on_cancel: Callable[[str], None],
    ) -> None:
        self._real = real
        self._calls = calls
        self._on_create = on_create
        self._on_cancel = on_cancel

    def create(self, request: JobRequest) -> Job:
        def effect() -> Job:
            self._on_create(request)
            return self._real.create(request)

        return self._calls.call("batches.create", _asking("Create"), effect)

    def get(self, name: str) -> Job:
        return self._calls.call(
            "batches.get", _asking("Get"), lambda: self._real.get(name)
        )

    def active(self, location: str) -> Iterator[Job]:
        yield from self._calls.call(
            "batches.active",
            _asking("List"),
            lambda: tuple(self._real.active(location)),
        )

    def find(self, location: str, key: str) -> list[Job]:
        return self._calls.call(
            "batches.find", _asking("List"), lambda: self._real.find(location, key)
        )

    def cancel(self, name: str) -> None:
        def effect() -> None:
            self._on_cancel(name)
            self._real.cancel(name)

        self._calls.call("batches.cancel", _asking("Cancel"), effect)


class WatchedAnnouncements:
    """The port `Announcements`; `on_publish` looks at each message before it is out."""

    def __init__(
        self,
        real: Announcements,
        calls: Calls,
        on_publish: Callable[[bytes, Mapping[str, str]], None],
    ) -> None:
        self._real = real
        self._calls = calls
        self._on_publish = on_publish

    def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        def effect() -> str:
            self._on_publish(data, attributes)
            return self._real.publish(data, attributes)

        return self._calls.call("announcements.publish", _PUBLISHING, effect)
