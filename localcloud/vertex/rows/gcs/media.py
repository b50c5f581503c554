"""
The files that requests point at: whether the service agent can read them.
"""

from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.api.errors import Code
from localcloud.vertex.rows.gcs.storage_http import (
    DeniedError,
    MissingError,
    StorageError,
    StorageHttp,
)
from localcloud.vertex.rows.gcs.uris import parse_uri

_KEPT = 50_000


class StoredMedia:
    """
    Sizes of objects in storage, each looked up once.
    """

    def __init__(self, storage: StorageHttp, project: str) -> None:
        self._storage = storage
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

    def _look(self, uri: str) -> int | RowError:
        found = parse_uri(uri)
        if found is None:
            return RowError(f"Invalid or unsupported file uri: {uri}")
        try:
            return self._storage.info(found.bucket, found.name).size
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
