"""
Cloud Storage, as the Vertex service agent uses it: JSON API over plain HTTP.

One connection, kept open. An answer that may be a passing trouble is asked for
again, a few times and quickly; what then fails is told apart by what a batch job
makes of it: not there, not allowed, or anything else.
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

_TIMEOUT_SECONDS = 60.0
_CHUNK = 1 << 20
_PAUSES_SECONDS = (0.05, 0.2, 1.0)
_PASSING = frozenset({408, 429, 500, 502, 503, 504})

_Result = TypeVar("_Result")


class StorageError(Exception):
    """
    Storage did not do what it was asked.
    """


class MissingError(StorageError):
    """
    There is no such bucket or object.
    """


class DeniedError(StorageError):
    """
    The service agent may not.
    """


class _UnmetError(StorageError):
    """
    A precondition was not met.
    """


class _PassingError(StorageError):
    """
    It may work the next time.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """
    What is known of an object without reading it.
    """

    generation: str
    size: int
    content_type: str


class StorageHttp:
    """
    The service agent's way to the storage server at a base URL, with its token.
    """

    def __init__(self, url: str, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"not a plain HTTP address: {url!r}")
        self._connection = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=_TIMEOUT_SECONDS, blocksize=_CHUNK
        )

    def close(self) -> None:
        self._connection.close()

    def check_bucket(self, bucket: str) -> None:
        """
        Raise unless the bucket exists and may be looked at.
        """
        self._json(f"/storage/v1/b/{quote(bucket, safe='')}")

    def info(self, bucket: str, name: str) -> ObjectInfo:
        found = self._json(_object_path(bucket, name))
        return ObjectInfo(
            generation=str(found.get("generation", "")),
            size=int(found.get("size", 0)),
            content_type=str(found.get("contentType", "")),
        )

    def names(self, bucket: str, prefix: str) -> Iterator[str]:
        """
        The names of all objects that begin with the prefix, in order.
        """
        page = ""
        while True:
            query = urlencode(
                {"prefix": prefix, "pageToken": page} if page else {"prefix": prefix}
            )
            found = self._json(f"/storage/v1/b/{quote(bucket, safe='')}/o?{query}")
            for item in found.get("items", []):
                yield str(item["name"])
            page = found.get("nextPageToken", "")
            if not page:
                return

    def read(self, bucket: str, name: str, generation: str) -> Iterator[bytes]:
        """
        The content of one generation, a piece at a time.

        Only the beginning is retried: whoever has read some must start again.
        """
        query = urlencode({"alt": "media", "generation": generation})
        path = f"{_object_path(bucket, name)}?{query}"
        response = self._retried(lambda: self._ask("GET", path))
        left = response.length
        try:
            while chunk := response.read(_CHUNK):
                left = None if left is None else left - len(chunk)
                yield chunk
            # http.client is silent about an answer that was cut short.
            if left:
                raise StorageError(f"gs://{bucket}/{name} ended {left} bytes early")
        except (OSError, http.client.HTTPException) as error:
            raise StorageError(f"reading gs://{bucket}/{name}: {error!r}") from error
        finally:
            # Unread bytes would be taken for the answer to the next request.
            if not response.isclosed():
                self._connection.close()

    def write(
        self,
        bucket: str,
        name: str,
        content: Callable[[], Iterator[bytes]],
        size: int,
        *,
        once: bool = False,
    ) -> None:
        """
        Make the object, whole or not at all; `once` leaves one alone that is there.
        """
        query = urlencode(
            {"uploadType": "media", "name": name}
            | ({"ifGenerationMatch": "0"} if once else {})
        )
        path = f"/upload/storage/v1/b/{quote(bucket, safe='')}/o?{query}"
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
        }
        try:
            self._retried(lambda: self._ask("POST", path, content(), headers).read())
        except _UnmetError:
            if not once:
                raise

    def _json(self, path: str) -> dict[str, Any]:
        body = self._retried(lambda: self._ask("GET", path).read())
        try:
            found = json.loads(body)
        except ValueError as error:
            raise StorageError(f"storage answered no JSON to GET {path}") from error
        if not isinstance(found, dict):
            raise StorageError(f"storage answered no JSON object to GET {path}")
        return found

    def _retried(self, ask: Callable[[], _Result]) -> _Result:
        for pause in _PAUSES_SECONDS:
            try:
                return ask()
            except _PassingError:
                time.sleep(pause)
        return ask()

    def _ask(
        self,
        method: str,
        path: str,
        body: Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        try:
            self._connection.request(
                method, path, body=body, headers=self._headers | (headers or {})
            )
            response = self._connection.getresponse()
            if response.status < 300:
                return response
            response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise _PassingError(f"{method} {path}: {error!r}") from error
        raise _error(response.status, f"{method} {path}: HTTP {response.status}")


def _error(status: int, text: str) -> StorageError:
    if status == 404:
        return MissingError(text)
    if status in (401, 403):
        return DeniedError(text)
    if status == 412:
        return _UnmetError(text)
    return _PassingError(text) if status in _PASSING else StorageError(text)


def _object_path(bucket: str, name: str) -> str:
    return f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}"
