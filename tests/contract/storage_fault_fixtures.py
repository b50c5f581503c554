"""
A storage server with faults, one for a file of tests.
"""

from collections.abc import Iterator

import pytest

from tests.contract.storage_server import RunningStorage, running_storage
from tests.contract.storage_stage import Storage


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as server:
        yield server


@pytest.fixture
def storage(running: RunningStorage) -> Iterator[Storage]:
    made = Storage(running)
    yield made
    made.faults.clear()
