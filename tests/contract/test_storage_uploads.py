"""
Uploads in one request: what is sent is what is kept, or nothing is.
"""

import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.storage_related import crc32c_of, md5_of, related
from tests.contract.storage_server import RunningStorage, error_of, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def test_the_client_gets_back_what_it_sent(server: RunningStorage) -> None:
    bucket = server.bucket()
    blob = bucket.blob("o")
    blob.cache_control = "no-store"
    blob.content_disposition = "inline"
    blob.content_language = "de"
    blob.metadata = {"key": "värde"}
    blob.upload_from_string(b"some text", content_type="text/plain")

    found = bucket.get_blob("o")
    assert (found.size, found.content_type) == (9, "text/plain")
    assert (found.md5_hash, found.crc32c) == (
        md5_of(b"some text"),
        crc32c_of(b"some text"),
    )
    assert found.metadata == {"key": "värde"}
    assert (found.cache_control, found.content_language) == ("no-store", "de")
    assert found.content_disposition == "inline"
    assert found.storage_class == "STANDARD"
    assert found.component_count is None
    assert found.download_as_bytes() == b"some text"


def test_an_object_resource_has_the_fields_of_the_service(
    server: RunningStorage,
) -> None:
    bucket = server.bucket().name
    made = server.insert(bucket, "a%2Fb", b"x")

    generation = made["generation"]
    assert made["kind"] == "storage#object"
    assert made["id"] == f"{bucket}/a/b/{generation}"
    assert made["selfLink"] == (
        f"https://www.googleapis.com/storage/v1/b/{bucket}/o/a%2Fb"
    )
    assert made["mediaLink"] == (
        f"{server.url}/download/storage/v1/b/{bucket}/o/a%2Fb"
        f"?generation={generation}&alt=media"
    )
    assert made["size"] == "1"
    assert made["metageneration"] == "1"
    assert made["timeCreated"] == made["updated"] == made["timeStorageClassUpdated"]
    assert made["timeCreated"].endswith("Z")


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"\n",
        b"x\r",
        b"\r\n--the boundar",
        b"--the boundary",
        b"\r\n\r\n--x--\r\n",
        b"\n--the" * 60_000,
        bytes(range(256)) * 8192,
    ],
    ids=lambda data: repr(data[:20]),
)
def test_a_multipart_upload_keeps_every_byte(
    server: RunningStorage, newline: bytes, data: bytes
) -> None:
    bucket = server.bucket()

    made = related(server, bucket.name, {"name": "o"}, data, newline=newline)

    assert made["md5Hash"] == md5_of(data)
    assert made["contentType"] == "text/plain"
    assert bucket.blob("o").download_as_bytes() == data


def test_the_resource_says_more_than_the_part(server: RunningStorage) -> None:
    bucket = server.bucket().name
    resource = {"name": "o", "contentType": "a/b", "metadata": {"k": "v"}}

    made = related(server, bucket, resource, b"x")
    assert (made["contentType"], made["metadata"]) == ("a/b", {"k": "v"})
    made = related(server, bucket, {"name": "o"}, b"x", media_headers=b"")
    assert made["contentType"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("metadata", "changes"),
    [
        ({"name": "o"}, {"end": b""}),
        ({"name": "o", "metadata": {"k": 1}}, {}),
        ({"name": "o", "metadata": []}, {}),
        ({"name": "o", "contentType": "a\r\nb: c"}, {}),
        ({"name": "o", "contentType": 1}, {}),
        ({"name": "o", "storageClass": "FAST"}, {}),
        ({"name": "o", "crc32c": 5}, {}),
        ({"name": "o", "metadata": {"k": "v" * 8192}}, {}),
        ({"name": 5}, {}),
        ({}, {}),
    ],
    ids=str,
)
def test_what_can_not_be_kept_is_refused(
    server: RunningStorage, metadata: dict[str, Any], changes: dict[str, Any]
) -> None:
    bucket = server.bucket()

    related(server, bucket.name, metadata, b"x", status=400, **changes)

    assert list(bucket.list_blobs()) == []


def test_an_upload_to_no_bucket_is_not_found(server: RunningStorage) -> None:
    path = "/upload/storage/v1/b/no-such-bucket/o?uploadType=media&name=o"
    answer = server.call("POST", path, data=b"x" * 3_000_000, status=404)

    message = "The specified bucket does not exist."
    assert error_of(answer) == (404, "notFound", message)


@pytest.mark.parametrize("kind", ["", "other"])
def test_an_upload_says_its_type(server: RunningStorage, kind: str) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType={kind}&name=o"
    server.call("POST", path, data=b"", status=400)


def test_a_file_of_some_size_goes_through_the_client(server: RunningStorage) -> None:
    bucket = server.bucket()
    data = bytes(range(256)) * 4096 * 12 + b"end"

    bucket.blob("o").upload_from_file(io.BytesIO(data), checksum="md5")

    assert bucket.get_blob("o").md5_hash == md5_of(data)
    assert bucket.blob("o").download_as_bytes(checksum="md5") == data
