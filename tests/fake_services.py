"""Vertex AI and the Pub/Sub topic in memory, moved on by a test."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shared.errors import CreateUnknownError, MissingError, RefusedError
from shared.jobs import FINAL, KEY_LABEL, Job, JobRequest, JobState, JobStats
from tests.faults import Faults
from tests.schemas import check_message

# What the adapter's filter names: a state that nobody knows is in no list.
ACTIVE = frozenset(JobState) - FINAL - {JobState.UNKNOWN}


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
        self.lag_seconds = 0.0
        # Jobs of which a get always says that the request is wrong.
        self.poisoned: set[str] = set()
        self.answer: Callable[[], Exception | None] | None = None
        self.create_unknown_with_job = False
        self.on_create: Callable[[JobRequest], None] = lambda _: None
        self.on_cancel: Callable[[Job], None] = lambda _: None

    def create(self, request: JobRequest) -> Job:
        def effect() -> Job:
            if self.answer and (said := self.answer()):
                raise said
            job = self._made(request)
            if self.create_unknown_with_job:
                raise CreateUnknownError("UNAVAILABLE", "answer lost")
            return job

        return self._faults.call("batches.create", effect)

    def make_again(self) -> None:
        """Make each job once more, as processes do that wake up late."""
        for request in list(self.requests):
            self._made(request)

    def _made(self, request: JobRequest) -> Job:
        self.on_create(request)
        self.requests.append(request)
        job = Job(
            name=f"projects/123/locations/{request.location}/batchPredictionJobs/"
            f"{next(self._numbers)}",
            key=request.labels[KEY_LABEL],
            state=JobState.PENDING,
            created_at=self._now(),
        )
        self.jobs[job.name] = job
        return job

    def get(self, name: str) -> Job:
        def effect() -> Job:
            if name not in self.jobs:
                raise MissingError(name)
            if name in self.poisoned:
                raise RefusedError(name)
            job = self.jobs[name]
            if job.state is JobState.CANCELLING:
                # Asynchronous: it has ended the next time somebody looks.
                self.move(name, JobState.CANCELLED)
            return job

        return self._faults.call("batches.get", effect)

    def active(self, location: str) -> Iterator[Job]:
        yield from self._faults.call(
            "batches.active",
            lambda: [j for j in self._listed(location) if j.state in ACTIVE],
        )

    def find(self, location: str, key: str) -> list[Job]:
        def effect() -> list[Job]:
            found = [j for j in self._listed(location) if j.key == key]
            return sorted(found, key=lambda job: (job.created_at, job.name))

        return self._faults.call("batches.find", effect)

    def cancel(self, name: str) -> None:
        def effect() -> None:
            self.on_cancel(self.jobs[name])
            self.cancelled.append(name)
            self.move(name, JobState.CANCELLING)

        self._faults.call("batches.cancel", effect)

    def cancel_by_hand(self, name: str) -> None:
        """Cancel as an operator does."""
        self.move(name, JobState.CANCELLING)

    def forget(self) -> None:
        """Know of no job any more."""
        self.jobs.clear()

    @property
    def inputs(self) -> list[str]:
        """What each job reads that was ever made."""
        return [request.input_uri for request in self.requests]

    def move(self, name: str, state: JobState, **changes: object) -> None:
        """Put a job into a state, as the service does in its own time."""
        job = self.jobs[name]
        if not job.state.is_final:
            self.jobs[name] = replace(job, state=state, **changes)  # type: ignore[arg-type]  # a test's word

    def finish(
        self, *, successful: int = 1, failed: int = 0, after_seconds: float = 0
    ) -> None:
        """
        Let every job succeed that is that old, with these counts, and each that is
        being cancelled be so.
        """
        old = self._now() - timedelta(seconds=after_seconds)
        for job in list(self.jobs.values()):
            if job.state is JobState.CANCELLING:
                self.move(job.name, JobState.CANCELLED)
            if job.created_at > old:
                continue
            number = job.name.rpartition("/")[2]
            self.move(
                job.name,
                JobState.SUCCEEDED,
                stats=JobStats(successful=successful, failed=failed),
                output_directory=f"gs://results/x/{job.key}/prediction-model-{number}",
                ended_at=self._now(),
            )

    def _listed(self, location: str) -> list[Job]:
        """What `List` shows: not what is hidden, and nothing before its lag is over."""
        shown = self._now() - timedelta(seconds=self.lag_seconds)
        return [
            job
            for job in self.jobs.values()
            if f"/locations/{location}/" in job.name
            and job.name not in self.hidden
            and job.created_at <= shown
        ]


class FakeAnnouncements:
    """A topic that remembers what it was given."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.published: list[tuple[bytes, dict[str, str]]] = []
        self.on_publish: Callable[[bytes], None] = lambda _: None

    def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        def effect() -> str:
            check_message(data, attributes)
            self.on_publish(data)
            self.published.append((data, dict(attributes)))
            return str(len(self.published))

        return self._faults.call("announcements.publish", effect)
