"""
A storage server whose buckets are filled and listed, one for a file of tests.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.storage_server import RunningStorage, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def listed(server: RunningStorage, bucket: str, query: str = "") -> Any:
    return server.call("GET", f"/storage/v1/b/{bucket}/o?{query}").json()


def names(page: Any) -> list[str]:
    return [str(item["name"]) for item in page.get("items", [])]


def fill(server: RunningStorage, *objects: str, versioned: bool = False) -> str:
    bucket = str(server.bucket(versioned=versioned).name)
    server.within(
        lambda store: [store.insert_object(bucket, name, b"x") for name in objects]
    )
    return bucket
