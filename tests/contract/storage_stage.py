"""
A bucket with one object, and the faults that befall calls about it.
"""

from typing import Any

import requests
from google.cloud.storage import Bucket
from google.cloud.storage.retry import DEFAULT_RETRY

from localcloud.faults.faults import Faults
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import NotFoundError
from tests.contract.storage_server import RunningStorage, error_of

DATA = bytes(range(250)) * 200  # 50,000 bytes
BROKEN = (
    requests.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
)


class Storage:
    """
    A bucket with the object `o`, and faults that are switched on after it was made.
    """

    def __init__(self, server: RunningStorage) -> None:
        self.server = server
        self.faults: Faults = server.faults
        self.bucket: Bucket = server.bucket()
        self.name = str(self.bucket.name)
        self.insert("o")
        self.object = f"/storage/v1/b/{self.name}/o/o"

    def insert(self, name: str, *, status: int | None = 200) -> requests.Response:
        path = f"/upload/storage/v1/b/{self.name}/o?uploadType=media&name={name}"
        return self.server.call("POST", path, data=DATA, status=status)

    def call(
        self, method: str, path: str, status: int | None = 200, **more: Any
    ) -> requests.Response:
        return self.server.call(method, path, status=status, **more)

    def generation(self, name: str) -> int | None:
        """
        What there is of a name, whatever faults are on; None if it isn't there.
        """

        def look(store: Store) -> int | None:
            try:
                stored, file = store.open_object(self.name, name, None)
            except NotFoundError:
                return None
            file.close()
            return stored.generation

        return self.server.within(look)

    def retried(self, name: str) -> None:
        """
        Upload with the real client, which tries again.
        """
        blob = self.bucket.blob(name)
        blob.upload_from_string(DATA, retry=DEFAULT_RETRY.with_deadline(10))


def refused(answer: requests.Response, code: int, reason: str, text: str) -> None:
    told = error_of(answer)
    assert (answer.status_code, told[:2]) == (code, (code, reason))
    assert text in told[2]
