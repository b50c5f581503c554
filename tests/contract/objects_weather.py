"""
Cloud Storage as it really is, twice: the fake in memory under its weather, and the
adapter with the real client against the storage server, under the server's faults.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from localcloud.faults.rules import FaultError
from localcloud.storage.faults.rules import StorageFault
from localcloud.storage.knobs import StorageKnobs
from shared.adapters.storage_objects import StorageObjects
from shared.ports import Objects
from tests.contract.storage_server import RunningStorage, running_storage
from tests.fakes import FakeCloud
from tests.refused_downloads import refused_downloads
from tests.storage_weather import Trouble, Weather, weather_over


class Ground(Protocol):
    """
    A port to test, and who else is there: an uploader, and the weather. Pages of lists
    hold three.
    """

    objects: Objects
    inbox: str
    state: str
    work: str

    def upload(self, name: str, content: bytes) -> int: ...

    def delete(self, name: str) -> None: ...

    def delete_for_ever(self, name: str, generation: int) -> None: ...

    def restore(self, name: str, generation: int) -> int: ...

    def blind(self) -> None:
        """From now on nobody may list."""

    def meet(self, trouble: Trouble) -> None:
        """Have the next call meet it: `LATE` or `LOST`."""

    def seconds(self) -> float:
        """What the time is."""


class FakeGround:
    def __init__(self) -> None:
        # Nothing by itself: what is met, a test says.
        self._weather = Weather(share=0)
        self._cloud = FakeCloud(self._weather)
        weather_over(self._cloud, self._weather)
        self.objects: Objects = self._cloud.objects
        self.inbox, self.state, self.work = "inbox", "state", "work"

    def upload(self, name: str, content: bytes) -> int:
        return self._cloud.objects.put("inbox", name, content).generation

    def delete(self, name: str) -> None:
        self._cloud.objects.remove("inbox", name)

    def delete_for_ever(self, name: str, generation: int) -> None:
        self._cloud.objects.remove("inbox", name, for_ever=True)

    def restore(self, name: str, generation: int) -> int:
        return self._cloud.objects.restore("inbox", name, generation).generation

    def blind(self) -> None:
        self._cloud.objects.unlisted = {"inbox", "state", "work"}

    def meet(self, trouble: Trouble) -> None:
        self._weather.next.append(trouble)

    def seconds(self) -> float:
        return self._cloud.now().timestamp()


class RealGround:
    """Buckets of its own for each test."""

    def __init__(self, server: RunningStorage) -> None:
        self._server = server
        self._inbox = server.bucket(versioned=True)
        self.objects: Objects = StorageObjects(server.client)
        self.inbox = str(self._inbox.name)
        self.state, self.work = (str(server.bucket().name) for _ in range(2))

    def upload(self, name: str, content: bytes) -> int:
        blob = self._inbox.blob(name)
        blob.upload_from_string(content)
        return int(blob.generation)

    def delete(self, name: str) -> None:
        self._inbox.blob(name).delete()

    def delete_for_ever(self, name: str, generation: int) -> None:
        self._inbox.blob(name, generation=generation).delete()

    def restore(self, name: str, generation: int) -> int:
        return int(self._inbox.restore_blob(name, generation=generation).generation)

    def blind(self) -> None:
        self._server.faults.add(StorageFault(forbid_missing=True))

    def meet(self, trouble: Trouble) -> None:
        for code in (429, 503) if trouble is Trouble.LATE else (503,):
            self._server.faults.add(
                StorageFault(
                    error=FaultError(code=code),
                    times=1,
                    after_effect=trouble is Trouble.LOST,
                )
            )

    def fail(self) -> None:
        """From now on every call fails."""
        self._server.faults.add(StorageFault(error=FaultError(code=503)))

    def seconds(self) -> float:
        return time.time()


@contextmanager
def real_ground(folder: Path, *, writes_per_second: float = 0) -> Iterator[RealGround]:
    """A server of its own, with its faults gone at the end."""
    knobs = StorageKnobs(
        list_page=3, writes_per_second=writes_per_second, write_burst=1
    )
    with refused_downloads(), running_storage(folder, knobs=knobs) as server:
        yield RealGround(server)
