"""
Every port in memory, strict as the services are, and able to die.

Each call through a port is an outward call with a number. A test may have the
process die before or after any of them (`Crash` is a BaseException: no code
under test can catch it) or have the call fail, with its effect done or not.
"""

import base64
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from shared.closing import Closing
from shared.drops import Drop
from shared.errors import ConflictError, CreateUnknownError, MissingError
from shared.following import Following
from shared.jobs import KEY_LABEL, Job, JobRequest, JobState, JobStats
from shared.ledger import Ledger
from shared.polling import Polling, Tick
from shared.ports import ObjectInfo
from shared.settings import Settings, settings_from
from shared.staging import Staging
from shared.submission import Submission
from tests.schemas import check_message

T = TypeVar("T")
START = datetime(2026, 11, 23, 12, tzinfo=UTC)

ENVIRONMENT = {
    "DROPBATCH_PROJECT": "p",
    "DROPBATCH_REGION": "us-central1",
    "DROPBATCH_DEPLOYMENT": "test",
    "DROPBATCH_INBOX_BUCKET": "inbox",
    "DROPBATCH_STATE_BUCKET": "state",
    "DROPBATCH_WORK_BUCKET": "work",
    "DROPBATCH_RESULTS_BUCKET": "results",
    "DROPBATCH_MEDIA_BUCKET": "media",
    "DROPBATCH_TOPIC": "projects/p/topics/dropbatch",
    "DROPBATCH_ROUTES": '[{"prefix": "in/", "model": "gemini-2.5-flash"},'
    ' {"prefix": "world/", "model": "gemini-3-pro", "location": "global"},'
    ' {"prefix": "off/", "model": "gemini-2.5-flash", "enabled": false}]',
}
ROW = b'{"request":{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}}\n'


def settings(**changes: str) -> Settings:
    """Valid settings, with these variables changed (named without the prefix)."""
    changed = {f"DROPBATCH_{name.upper()}": value for name, value in changes.items()}
    return settings_from({**ENVIRONMENT, **changed})


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Faults:
    """What happens at which outward call; calls are counted from 0."""

    calls: list[str] = field(default_factory=list)
    crash_before: int | None = None
    crash_after: int | None = None
    fail: dict[int, Callable[[], Exception]] = field(default_factory=dict)
    fail_after: dict[int, Callable[[], Exception]] = field(default_factory=dict)
    on_call: Callable[[str], None] = lambda name: None

    def call(self, name: str, effect: Callable[[], T]) -> T:
        number = len(self.calls)
        self.calls.append(name)
        self.on_call(name)
        if number == self.crash_before:
            raise Crash(f"before {name}")
        if number in self.fail:
            raise self.fail[number]()
        try:
            result = effect()
        finally:
            if number == self.crash_after:
                raise Crash(f"after {name}")
        if number in self.fail_after:
            raise self.fail_after[number]()
        return result


@dataclass(frozen=True)
class _Stored:
    info: ObjectInfo
    content: bytes


class FakeObjects:
    """Cloud Storage with generations, versions in the inbox, and preconditions."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._generations = itertools.count(1_000_001)
        self.live: dict[tuple[str, str], _Stored] = {}
        self.archive: dict[tuple[str, str, int], _Stored] = {}
        self.chunk = 1 << 16

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
        content_type: str = "application/json",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        def effect() -> ObjectInfo:
            self._must_be(bucket, name, if_generation)
            return self._store(bucket, name, content, dict(metadata or {}))

        return self._faults.call(f"objects.write {bucket}", effect)

    def annotate(self, bucket: str, name: str, metadata: Mapping[str, str]) -> None:
        def effect() -> None:
            stored = self._live(bucket, name)
            merged = {**stored.info.metadata, **metadata}
            info = replace(stored.info, metadata=merged)
            self.live[bucket, name] = _Stored(info, stored.content)

        self._faults.call(f"objects.annotate {bucket}", effect)

    def delete(self, bucket: str, name: str, *, if_generation: int) -> None:
        def effect() -> None:
            self._live(bucket, name)
            self._must_be(bucket, name, if_generation)
            self.remove(bucket, name)

        self._faults.call(f"objects.delete {bucket}", effect)

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectInfo]:
        def effect() -> tuple[ObjectInfo, ...]:
            return tuple(
                stored.info
                for (in_bucket, name), stored in sorted(self.live.items())
                if in_bucket == bucket and name.startswith(prefix)
            )

        yield from self._faults.call(f"objects.list {bucket}", effect)

    def stream(
        self, bucket: str, name: str, generation: int, sink: Callable[[bytes], object]
    ) -> None:
        def effect() -> bytes:
            return self._generation(bucket, name, generation).content

        content = self._faults.call(f"objects.stream {bucket}", effect)
        for start in range(0, len(content), self.chunk):
            sink(content[start : start + self.chunk])

    def copy(self, source: tuple[str, str, int], target: tuple[str, str]) -> ObjectInfo:
        def effect() -> ObjectInfo:
            stored = self._generation(*source)
            self._must_be(*target, 0)
            return self._store(*target, stored.content, dict(stored.info.metadata))

        return self._faults.call(f"objects.copy {target[0]}", effect)

    def info(self, bucket: str, name: str) -> ObjectInfo:
        return self._faults.call(
            f"objects.info {bucket}", lambda: self._live(bucket, name).info
        )

    def remove(self, bucket: str, name: str, *, for_ever: bool = False) -> None:
        """Delete as a user does; `for_ever` takes the noncurrent versions too."""
        self.live.pop((bucket, name), None)
        if for_ever:
            gone = [key for key in self.archive if key[:2] == (bucket, name)]
            for key in gone:
                del self.archive[key]

    def names(self, bucket: str) -> Sequence[str]:
        return sorted(name for in_bucket, name in self.live if in_bucket == bucket)

    def content(self, bucket: str, name: str) -> bytes:
        return self._live(bucket, name).content

    def _store(
        self, bucket: str, name: str, content: bytes, metadata: dict[str, str]
    ) -> ObjectInfo:
        info = ObjectInfo(
            bucket=bucket,
            name=name,
            generation=next(self._generations),
            size=len(content),
            crc32c=_checksum(content),
            metadata=metadata,
        )
        stored = _Stored(info, content)
        self.live[bucket, name] = stored
        if bucket == "inbox":
            self.archive[bucket, name, info.generation] = stored
        return info

    def _live(self, bucket: str, name: str) -> _Stored:
        if (bucket, name) not in self.live:
            raise MissingError(f"{bucket}/{name}")
        return self.live[bucket, name]

    def _generation(self, bucket: str, name: str, generation: int) -> _Stored:
        stored = self.live.get((bucket, name))
        if stored is None or stored.info.generation != generation:
            stored = self.archive.get((bucket, name, generation))
        if stored is None:
            raise MissingError(f"{bucket}/{name}#{generation}")
        return stored

    def _must_be(self, bucket: str, name: str, generation: int) -> None:
        stored = self.live.get((bucket, name))
        if (stored.info.generation if stored else 0) != generation:
            raise ConflictError(f"{bucket}/{name}")


def _checksum(content: bytes) -> str:
    # Stands for crc32c: all that is asked of it is to differ with the content.
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


class FakeBatches:
    """Vertex AI: jobs that a test moves from state to state."""

    def __init__(self, faults: Faults, now: Callable[[], datetime]) -> None:
        self._faults = faults
        self._now = now
        self._numbers = itertools.count(1)
        self.jobs: dict[str, Job] = {}
        self.requests: list[JobRequest] = []
        self.cancelled: list[str] = []
        self.hidden: set[str] = set()
        self.answer: Callable[[], Exception] | None = None
        self.create_unknown_with_job = False

    def create(self, request: JobRequest) -> Job:
        def effect() -> Job:
            if self.answer:
                raise self.answer()
            self.requests.append(request)
            job = Job(
                name=f"projects/123/locations/{request.location}/batchPredictionJobs/"
                f"{next(self._numbers)}",
                key=request.labels[KEY_LABEL],
                state=JobState.PENDING,
                created_at=self._now(),
            )
            self.jobs[job.name] = job
            if self.create_unknown_with_job:
                raise CreateUnknownError("UNAVAILABLE", "answer lost")
            return job

        return self._faults.call("batches.create", effect)

    def get(self, name: str) -> Job:
        def effect() -> Job:
            if name not in self.jobs:
                raise MissingError(name)
            return self.jobs[name]

        return self._faults.call("batches.get", effect)

    def active(self, location: str) -> Iterator[Job]:
        yield from self._faults.call(
            "batches.active",
            lambda: [j for j in self._listed(location) if not j.state.is_final],
        )

    def find(self, location: str, key: str) -> list[Job]:
        def effect() -> list[Job]:
            found = [j for j in self._listed(location) if j.key == key]
            return sorted(found, key=lambda job: (job.created_at, job.name))

        return self._faults.call("batches.find", effect)

    def cancel(self, name: str) -> None:
        def effect() -> None:
            self.cancelled.append(name)
            self.move(name, JobState.CANCELLED)

        self._faults.call("batches.cancel", effect)

    def move(self, name: str, state: JobState, **changes: object) -> None:
        """Put a job into a state, as the service does in its own time."""
        job = self.jobs[name]
        if not job.state.is_final:
            self.jobs[name] = replace(job, state=state, **changes)  # type: ignore[arg-type]  # a test's word

    def finish(self, *, successful: int = 1, failed: int = 0) -> None:
        """Let every job succeed, with these counts."""
        for job in list(self.jobs.values()):
            self.move(
                job.name,
                JobState.SUCCEEDED,
                stats=JobStats(successful=successful, failed=failed, incomplete=None),
                output_directory=f"gs://results/x/{job.key}/prediction-model-T",
                ended_at=self._now(),
            )

    def _listed(self, location: str) -> list[Job]:
        return [
            job
            for job in self.jobs.values()
            if f"/locations/{location}/" in job.name and job.name not in self.hidden
        ]


class FakeAnnouncements:
    """A topic that remembers what it was given."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.published: list[tuple[bytes, dict[str, str]]] = []

    def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        def effect() -> str:
            check_message(data, attributes)
            self.published.append((data, dict(attributes)))
            return str(len(self.published))

        return self._faults.call("announcements.publish", effect)


class FakeCloud:
    """All of it, with a clock that only a test moves."""

    def __init__(self, **changes: str) -> None:
        self.settings = settings(**changes)
        self.faults = Faults()
        self.time = START
        self.objects = FakeObjects(self.faults)
        self.batches = FakeBatches(self.faults, self.now)
        self.announcements = FakeAnnouncements(self.faults)
        self._owners = itertools.count(1)

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def drop(self, content: bytes = ROW, name: str = "in/a.jsonl") -> Drop:
        """Upload a file; returns what its event tells."""
        info = self.objects.put("inbox", name, content)
        return Drop(
            bucket="inbox",
            name=name,
            generation=info.generation,
            size=len(content),
            crc32c=info.crc32c,
            dropped_at=self.time,
        )

    def ledger(self) -> Ledger:
        return Ledger(self.objects, "state", owner=f"owner-{next(self._owners)}")

    def submission(self, ledger: Ledger | None = None) -> Submission:
        ledger = ledger or self.ledger()
        return Submission(
            settings=self.settings,
            ledger=ledger,
            staging=Staging(
                settings=self.settings,
                ledger=ledger,
                objects=self.objects,
                now=self.now,
            ),
            batches=self.batches,
            now=self.now,
        )

    def polling(self) -> Polling:
        ledger = self.ledger()
        return Polling(
            settings=self.settings,
            ledger=ledger,
            batches=self.batches,
            following=Following(
                settings=self.settings,
                ledger=ledger,
                objects=self.objects,
                batches=self.batches,
                now=self.now,
            ),
            submission=self.submission(ledger),
            closing=Closing(
                settings=self.settings,
                ledger=ledger,
                objects=self.objects,
                announcements=self.announcements,
                now=self.now,
            ),
            now=self.now,
        )

    def submit(self, drop: Drop) -> None:
        self.submission().receive(drop)

    def poll(self) -> Tick:
        return self.polling().tick()

    def until_quiet(self, seconds: float = 60, most: int = 500) -> None:
        """Poll, letting time pass and jobs end, until no drop is open."""
        for _ in range(most):
            self.poll()
            if not self.objects.names("state") or not self.open():
                return
            self.batches.finish()
            self.wait(seconds)
        raise AssertionError(f"still open: {self.open()}")

    def open(self) -> list[str]:
        return [name for name in self.objects.names("state") if name[:5] == "open/"]

    def outcomes(self) -> list[str]:
        return [attributes["ce-type"] for _, attributes in self.announcements.published]
