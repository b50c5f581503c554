"""
The files that requests point at: whether the service agent can read them.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from localcloud.google_codes import Code
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.rows.gcs.storage_http import (
    DeniedError,
    MissingError,
    StorageError,
    StorageHttp,
)
from localcloud.vertex.rows.gcs.uris import ObjectName, parse_uri

_KEPT = 50_000
_MOST_BYTES = 100 << 20

_Result = TypeVar("_Result")


class StoredMedia:
    """
    Objects in storage; the size of each is looked up once.

    `lock` is held while storage is asked: its connection serves one at a time.
    """

    def __init__(
        self, storage: StorageHttp, project: str, lock: "threading.Lock | None" = None
    ) -> None:
        self._storage = storage
        self._lock = lock or threading.Lock()
        self._project = project
        self._known: dict[str, int | RowError] = {}

    def size(self, uri: str) -> int:
        """
        The size of a gs:// object in bytes; a RowError if it can't be read.
        """
        known = self._known.get(uri)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[uri] = self._look(uri)
        if isinstance(known, RowError):
            raise RowError(known.message, known.code)
        return known

    def content(self, uri: str) -> bytes:
        """
        What a gs:// object holds; a RowError if it can't be read, or is very large.
        """
        content = self._asked(uri, self._read)
        if isinstance(content, RowError):
            raise content
        return content

    def _read(self, found: ObjectName) -> bytes:
        info = self._storage.info(found.bucket, found.name)
        if info.size > _MOST_BYTES:
            raise RowError(f"{found.uri} is larger than {_MOST_BYTES} bytes.")
        return b"".join(self._storage.read(found.bucket, found.name, info.generation))

    def _look(self, uri: str) -> int | RowError:
        return self._asked(
            uri, lambda found: self._storage.info(found.bucket, found.name).size
        )

    def _asked(
        self, uri: str, ask: Callable[[ObjectName], _Result]
    ) -> _Result | RowError:
        found = parse_uri(uri)
        if found is None:
            return RowError(f"Invalid or unsupported file uri: {uri}")
        try:
            with self._lock:
                return ask(found)
        except MissingError:
            return RowError(
                f"Cannot fetch content from the provided URL {uri}: "
                "the object was not found."
            )
        except DeniedError:
            agent = f"service-{self._project}@gcp-sa-aiplatform.iam.gserviceaccount.com"
            return RowError(
                f"Cannot fetch content from the provided URL {uri}: {agent} does not "
                "have storage.objects.get access to the Google Cloud Storage object."
            )
        except StorageError:
            return RowError(
                f"Cannot fetch content from the provided URL {uri}.", Code.UNAVAILABLE
            )
