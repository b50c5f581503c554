"""
What the middle needs of the outside, in its own words.

An adapter turns every SDK exception into one of `shared.errors`:
MissingError, ConflictError, ForbiddenError, RefusedError, or ServiceError for
whatever may pass. No SDK type crosses a port.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.jobs import Job, JobRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """One generation of an object, without its content."""

    bucket: str
    name: str
    generation: int
    crc32c: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectVersion(ObjectInfo):
    """
    The same, with all that its event would have told; `size` is in bytes, and
    `custom_time` what a lifecycle rule may count its days from.
    """

    size: int
    created: datetime
    content_encoding: str = ""
    custom_time: datetime | None = None


class Objects(Protocol):
    """Cloud Storage: strongly consistent objects with compare-and-swap."""

    def read(self, bucket: str, name: str) -> tuple[bytes, int]:
        """Return the live content, whole, and its generation. Raises MissingError."""

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
        """
        Write if the live generation is `if_generation` (0: there is none).

        Raises ConflictError otherwise; also when our own write was done and
        only its answer was lost, since the client repeats it.
        """

    def annotate(self, bucket: str, name: str, metadata: Mapping[str, str]) -> None:
        """Set these metadata keys of the live generation. Raises MissingError."""

    def delete(self, bucket: str, name: str, *, if_generation: int) -> None:
        """Delete that live generation. Raises MissingError, ConflictError."""

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectInfo]:
        """Yield live objects in the order of their names, with metadata."""

    def versions(self, bucket: str, *, since: str) -> Iterator[ObjectVersion]:
        """
        Yield every generation that is there, overwritten and deleted ones too, in
        the order of their names, from the name `since` on, which may be empty.
        """

    def stream(
        self, bucket: str, name: str, generation: int, sink: Callable[[bytes], object]
    ) -> None:
        """
        Pass the bytes of exactly that generation to `sink`, piece by piece, and
        check their checksum at the end. What `sink` raises passes through.
        Raises MissingError when the generation is gone.
        """

    def copy(self, source: tuple[str, str, int], target: tuple[str, str]) -> ObjectInfo:
        """
        Copy (bucket, name, generation) to (bucket, name) on the server.

        Raises ConflictError when the target exists, MissingError when the
        source generation is gone.
        """

    def info(self, bucket: str, name: str) -> ObjectVersion:
        """Describe the live generation. Raises MissingError."""


class Batches(Protocol):
    """Vertex AI batch prediction jobs."""

    def create(self, request: JobRequest) -> Job:
        """
        Ask once for a job, never again by itself.

        Raises CreateRefusedError or CreateHeldError when none was made, and
        CreateUnknownError when nobody can say.
        """

    def get(self, name: str) -> Job:
        """Return the job as it is. Raises MissingError."""

    def active(self, location: str) -> Iterator[Job]:
        """Yield the deployment's jobs in that location that may still change."""

    def find(self, location: str, key: str) -> list[Job]:
        """Return the jobs with that key, in any state, earliest first."""

    def cancel(self, name: str) -> None:
        """Ask for the end of a job; one that has ended already is no error."""


class Announcements(Protocol):
    """The Pub/Sub topic."""

    def publish(self, data: bytes, attributes: Mapping[str, str]) -> str:
        """Return the message's id once the service has it."""


Clock = Callable[[], datetime]
