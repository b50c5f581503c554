"""Where the port `Objects` is tested: the fake, and the real client's buckets."""

import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

import pytest
from google.cloud.storage import Client

from shared.adapters.storage_objects import StorageObjects
from shared.ports import Objects
from tests.fake_objects import FakeObjects
from tests.faults import Faults
from tests.running_cloud import RunningCloud, storage_client

_NUMBERS = itertools.count()


class Ground(Protocol):
    """A place to test a port on: the port, and an uploader beside it."""

    objects: Objects
    inbox: str
    state: str
    work: str

    def upload(self, bucket: str, name: str, content: bytes) -> int: ...

    def delete(self, bucket: str, name: str, generation: int | None = None) -> None: ...

    def asked(self) -> int: ...


class FakeGround:
    def __init__(self) -> None:
        self._faults = Faults()
        self._fake = FakeObjects(self._faults, lambda: datetime.now(UTC))
        self.objects: Objects = self._fake
        self.inbox, self.state, self.work = "inbox", "state", "work"

    def upload(self, bucket: str, name: str, content: bytes) -> int:
        return self._fake.put(bucket, name, content).generation

    def delete(self, bucket: str, name: str, generation: int | None = None) -> None:
        self._fake.remove(bucket, name, for_ever=generation is not None)

    def asked(self) -> int:
        return len(self._faults.calls)


class RealGround:
    """Buckets of its own for each test."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked = 0
        client._http.hooks["response"].append(self._count)
        self.objects: Objects = StorageObjects(client)
        self.inbox, self.state, self.work = (
            self._create(role) for role in ("inbox", "state", "work")
        )

    def _create(self, role: str) -> str:
        bucket = self._client.bucket(f"port-{os.getpid()}-{next(_NUMBERS)}-{role}")
        bucket.versioning_enabled = role == "inbox"
        name: str = self._client.create_bucket(bucket).name
        return name

    def upload(self, bucket: str, name: str, content: bytes) -> int:
        blob = self._client.bucket(bucket).blob(name)
        blob.upload_from_string(content)
        return int(blob.generation)

    def delete(self, bucket: str, name: str, generation: int | None = None) -> None:
        owner = self._client.bucket(bucket)
        owner.blob(name, generation=generation).delete()

    def asked(self) -> int:
        return self._asked

    def _count(self, *_: object, **__: object) -> None:
        self._asked += 1


@pytest.fixture(params=["fake", "real"])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    if request.param == "fake":
        yield FakeGround()
        return
    cloud: RunningCloud = request.getfixturevalue("bare_cloud")
    with storage_client(cloud) as client:
        yield RealGround(client)
