"""Objects on google-cloud-storage."""

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Protocol, cast

import google_crc32c
import requests
from google.api_core.exceptions import (
    BadRequest,
    Forbidden,
    GoogleAPIError,
    NotFound,
    PreconditionFailed,
)
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Client
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY

from shared.errors import (
    ConflictError,
    ForbiddenError,
    MissingError,
    RefusedError,
    ServiceError,
)
from shared.ports import ObjectInfo, ObjectVersion

# What a list is asked for: a page of 1,000 stays small.
_FIELDS = "items(bucket,name,generation,crc32c,metadata),nextPageToken"
_VERSION_FIELDS = (
    "items(bucket,name,generation,crc32c,size,timeCreated,contentEncoding),"
    "nextPageToken"
)


# By default a call is repeated for two minutes, with up to one between: a tick would
# wait for one object, and most of it would be sleep.
_PATIENCE_SECONDS = 30
_RETRY = DEFAULT_RETRY.with_delay(maximum=8).with_timeout(_PATIENCE_SECONDS)
# A stream lasts as long as its check does, and is resumed till then while it gets on.
_STREAM_RETRY = _RETRY.with_timeout(540)


# It tells no types.
_Checksum: Any = google_crc32c.Checksum


class StorageObjects:
    """The port `Objects`; the client repeats what is safe to repeat."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, bucket: str, name: str) -> tuple[bytes, int]:
        blob = self._blob(bucket, name)
        with _translated(bucket, name):
            # Begun again where it breaks off, not resumed: what was overwritten
            # meanwhile is another generation, and the one before may be gone. The
            # client would hold it against the sum of the first, so the sum is ours.
            content: bytes = blob.download_as_bytes(
                single_shot_download=True, checksum=None, retry=_RETRY
            )
        if blob.crc32c != _crc32c(_Checksum(content)):
            raise ServiceError(f"Cloud Storage: {bucket} was read with errors")
        return content, int(blob.generation)

    def write(
        self,
        bucket: str,
        name: str,
        content: bytes,
        *,
        if_generation: int,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        blob = self._blob(bucket, name)
        if metadata:
            blob.metadata = dict(metadata)
        with _translated(bucket, name):
            blob.upload_from_string(
                content,
                content_type="application/json",
                if_generation_match=if_generation,
                retry=_RETRY,
            )
        return _info(blob)

    def annotate(self, bucket: str, name: str, metadata: Mapping[str, str]) -> None:
        blob = self._blob(bucket, name)
        blob.metadata = dict(metadata)
        with _translated(bucket, name):
            blob.patch(retry=_RETRY)

    def delete(self, bucket: str, name: str, *, if_generation: int) -> None:
        with _translated(bucket, name):
            self._blob(bucket, name).delete(
                if_generation_match=if_generation, retry=_RETRY
            )

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectInfo]:
        with _translated(bucket, prefix):
            for blob in self._client.list_blobs(
                bucket, prefix=prefix, fields=_FIELDS, retry=_RETRY
            ):
                yield _info(blob)

    def versions(self, bucket: str, *, since: str) -> Iterator[ObjectVersion]:
        with _translated(bucket, since):
            for blob in self._client.list_blobs(
                bucket,
                start_offset=since or None,
                versions=True,
                # As many as there may be: each page is a call that is billed.
                page_size=1000,
                fields=_VERSION_FIELDS,
                retry=_RETRY,
            ):
                yield _version(blob)

    def stream(
        self, bucket: str, name: str, generation: int, sink: Callable[[bytes], object]
    ) -> None:
        blob = self._client.bucket(bucket).blob(name, generation=generation)
        passed = _Sink(sink)
        with _translated(bucket, name):
            # One request for the whole generation, resumed at the byte where it
            # broke; many ranged ones are several times slower. The client checks
            # no download that it has resumed, so the sum is ours.
            blob.download_to_file(
                passed,
                raw_download=True,
                checksum=None,
                retry=partial(_STREAM_RETRY, on_error=passed.expect_to_get_on),
            )
        if blob.crc32c != passed.crc32c:
            raise ServiceError(f"Cloud Storage: {bucket} was read with errors")

    def copy(self, source: tuple[str, str, int], target: tuple[str, str]) -> ObjectInfo:
        bucket, name, generation = source
        origin = self._client.bucket(bucket).blob(name, generation=generation)
        blob = self._blob(*target)
        token: str | None = None
        with _translated(*target):
            while True:
                token, _, _ = blob.rewrite(
                    origin, token=token, if_generation_match=0, retry=_RETRY
                )
                if token is None:
                    return _info(blob)

    def info(self, bucket: str, name: str) -> ObjectVersion:
        blob = self._blob(bucket, name)
        with _translated(bucket, name):
            blob.reload(retry=_RETRY)
        return _version(blob)

    def _blob(self, bucket: str, name: str) -> Blob:
        return self._client.bucket(bucket).blob(name)


class _Sink:
    """A file-like object that passes on what is written to it."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink
        self._sum = _Checksum()
        self._got_on = time.monotonic()

    @property
    def crc32c(self) -> str:
        """The checksum of all that was passed on, as Cloud Storage writes it."""
        return _crc32c(self._sum)

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        self._sink(data)
        self._got_on = time.monotonic()
        return len(data)

    def expect_to_get_on(self, error: Exception) -> None:
        """Raise what broke it off, if for as long as a call may take nothing came."""
        if time.monotonic() > self._got_on + _PATIENCE_SECONDS:
            raise error

    def flush(self) -> None:
        """There is nothing to flush."""


def _crc32c(checksum: Any) -> str:
    return base64.b64encode(checksum.digest()).decode()


class _Described(Protocol):
    """What a Blob knows of its object; the client's own types are loose."""

    bucket: "_Named"
    name: str
    generation: int | str
    crc32c: str | None
    metadata: Mapping[str, str] | None
    size: int | str
    time_created: datetime
    content_encoding: str | None


class _Named(Protocol):
    name: str


def _info(blob: Blob) -> ObjectInfo:
    said = cast(_Described, blob)
    return ObjectInfo(
        bucket=said.bucket.name,
        name=said.name,
        generation=int(said.generation),
        crc32c=said.crc32c or "",
        metadata=dict(said.metadata or {}),
    )


def _version(blob: Blob) -> ObjectVersion:
    said, info = cast(_Described, blob), _info(blob)
    return ObjectVersion(
        bucket=info.bucket,
        name=info.name,
        generation=info.generation,
        crc32c=info.crc32c,
        metadata=info.metadata,
        size=int(said.size),
        created=said.time_created,
        content_encoding=said.content_encoding or "",
    )


@contextmanager
def _translated(bucket: str, name: str) -> Iterator[None]:
    """Turn the client's exceptions into ours; what a sink raises passes through."""
    try:
        yield
    except NotFound as error:
        raise MissingError(f"{bucket}/{name}") from error
    except PreconditionFailed as error:
        raise ConflictError(f"{bucket}/{name}") from error
    except Forbidden as error:
        raise ForbiddenError(f"Cloud Storage forbids {bucket}") from error
    except BadRequest as error:
        raise RefusedError(f"Cloud Storage refuses the request on {bucket}") from error
    except (
        GoogleAPIError,
        GoogleAuthError,
        DataCorruption,
        requests.RequestException,
        ConnectionError,
    ) as error:
        raise ServiceError(f"Cloud Storage: {type(error).__name__}") from error
