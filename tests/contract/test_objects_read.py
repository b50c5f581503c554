"""What only the adapter does: a read that breaks off, while others write."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localcloud.storage.faults.rules import StorageFault
from shared.adapters import storage_download
from shared.adapters.storage_objects import StorageObjects
from shared.errors import ServiceError
from tests.contract.stalling_server import Stalling, stalling
from tests.contract.storage_server import RunningStorage, running_storage
from tests.refused_downloads import refused_downloads
from tests.running_cloud import wait_until

GET = "storage.objects.get"
# The client is given this much at once, and resumes after it.
PIECE = 8192

pytestmark = pytest.mark.filterwarnings(
    # Of connections that the client leaves open: see `refused_downloads`.
    "ignore:unclosed:ResourceWarning"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningStorage]:
    with refused_downloads(), running_storage(tmp_path) as running:
        yield running


@pytest.mark.parametrize("size", [PIECE // 2, PIECE * 12])
def test_what_is_overwritten_while_a_read_breaks_off_is_read_as_it_is_then(
    server: RunningStorage, size: int
) -> None:
    """The generation that the read began with is gone, and nobody asks for it."""
    bucket, objects = server.bucket().name, StorageObjects(server.client)
    first = objects.write(bucket, "a", b"1" * size, if_generation=0)
    server.faults.add(
        StorageFault(method=GET, cut_after_bytes=size - 100, calls=(1,)),
        # Until the object has been overwritten.
        StorageFault(method=GET, delay_seconds=1, calls=(2,)),
    )
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(objects.read, bucket, "a")
        wait_until(lambda: server.faults.injected)
        second = objects.write(bucket, "a", b"2" * size, if_generation=first.generation)

        assert read.result() == (b"2" * size, second.generation)


def test_bytes_that_are_not_those_of_their_checksum_are_an_error(
    server: RunningStorage, tmp_path: Path
) -> None:
    bucket, objects = server.bucket().name, StorageObjects(server.client)
    objects.write(bucket, "a", b"what was written", if_generation=0)
    (file,) = (
        path
        for path in tmp_path.glob("**/*")
        if path.is_file() and path.read_bytes() == b"what was written"
    )
    file.write_bytes(b"what was spoiled")

    with pytest.raises(ServiceError, match="read with errors"):
        objects.read(bucket, "a")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream is given up after a second, and has stalled after half of one."""
    monkeypatch.setattr(storage_download, "PATIENCE_SECONDS", 1)


@pytest.mark.usefixtures("impatient")
def test_a_stream_that_stalls_goes_on_where_it_was() -> None:
    told = Stalling(content=bytes(4 * PIECE), begun=2 * PIECE, stalls=1)
    read: list[bytes] = []

    with refused_downloads(), stalling(told) as client:
        StorageObjects(client).stream("b", "a", 1, read.append)

    assert b"".join(read) == told.content
    assert told.asked == [0, 2 * PIECE]


@pytest.mark.usefixtures("impatient")
def test_one_that_goes_on_stalling_comes_to_an_error_that_may_pass() -> None:
    """Not to that of a library below the client, which would count as a bug."""
    told = Stalling(content=bytes(4 * PIECE), begun=2 * PIECE, stalls=100)
    read: list[bytes] = []

    with (
        refused_downloads(),
        stalling(told) as client,
        pytest.raises(ServiceError, match="ReadTimeoutError"),
    ):
        StorageObjects(client).stream("b", "a", 1, read.append)
