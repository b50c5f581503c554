"""Objects on google-cloud-storage."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol, cast

import requests
import urllib3
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

from shared.adapters.storage_download import crc32c_of, download
from shared.adapters.storage_patience import RETRY
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
    "items(bucket,name,generation,crc32c,size,timeCreated,contentEncoding,customTime),"
    "nextPageToken"
)


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
                single_shot_download=True, checksum=None, retry=RETRY
            )
        if blob.crc32c != crc32c_of(content):
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
        custom_time: datetime | None = None,
    ) -> ObjectInfo:
        blob = self._blob(bucket, name)
        if metadata:
            blob.metadata = dict(metadata)
        if custom_time:
            blob.custom_time = custom_time
        with _translated(bucket, name):
            blob.upload_from_string(
                content,
                content_type="application/json",
                if_generation_match=if_generation,
                retry=RETRY,
            )
        return _info(blob)

    def annotate(self, bucket: str, name: str, metadata: Mapping[str, str]) -> None:
        blob = self._blob(bucket, name)
        blob.metadata = dict(metadata)
        with _translated(bucket, name):
            blob.patch(retry=RETRY)

    def delete(self, bucket: str, name: str, *, if_generation: int) -> None:
        with _translated(bucket, name):
            self._blob(bucket, name).delete(
                if_generation_match=if_generation, retry=RETRY
            )

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectInfo]:
        with _translated(bucket, prefix):
            for blob in self._client.list_blobs(
                bucket, prefix=prefix, fields=_FIELDS, retry=RETRY
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
                retry=RETRY,
            ):
                yield _version(blob)

    def stream(
        self, bucket: str, name: str, generation: int, sink: Callable[[bytes], object]
    ) -> None:
        blob = self._client.bucket(bucket).blob(name, generation=generation)
        with _translated(bucket, name):
            read = download(blob, sink)
        if blob.crc32c != read:
            raise ServiceError(f"Cloud Storage: {bucket} was read with errors")

    def copy(self, source: tuple[str, str, int], target: tuple[str, str]) -> ObjectInfo:
        bucket, name, generation = source
        origin = self._client.bucket(bucket).blob(name, generation=generation)
        blob = self._blob(*target)
        token: str | None = None
        with _translated(*target):
            while True:
                token, _, _ = blob.rewrite(
                    origin, token=token, if_generation_match=0, retry=RETRY
                )
                if token is None:
                    return _info(blob)

    def info(self, bucket: str, name: str) -> ObjectVersion:
        blob = self._blob(bucket, name)
        with _translated(bucket, name):
            blob.reload(retry=RETRY)
        return _version(blob)

    def _blob(self, bucket: str, name: str) -> Blob:
        return self._client.bucket(bucket).blob(name)


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
    custom_time: datetime | None


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
        custom_time=said.custom_time,
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
        # As a stream that breaks off or stalls has it.
        urllib3.exceptions.HTTPError,
        ConnectionError,
    ) as error:
        raise ServiceError(f"Cloud Storage: {type(error).__name__}") from error
