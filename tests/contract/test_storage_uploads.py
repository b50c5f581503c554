"""
Uploads in one request: what is sent is what is kept, or nothing is.
"""

import base64
import gzip
import hashlib
import http.client
import io
import json
from collections.abc import Iterator
from typing import Any

import google_crc32c
import pytest
from google.cloud.storage.exceptions import DataCorruption

from tests.contract.storage_server import (
    TIMEOUT_SECONDS,
    RunningStorage,
    error_of,
    running_storage,
)

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def md5_of(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def crc32c_of(data: bytes) -> str:
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()


def related(
    server: RunningStorage,
    bucket: str,
    metadata: dict[str, Any],
    data: bytes,
    *,
    newline: bytes = b"\r\n",
    status: int = 200,
    media_headers: bytes = b"Content-Type: text/plain",
    end: bytes = b"--",
) -> Any:
    parts = [
        b"--the boundary",
        b"Content-Type: application/json",
        b"",
        json.dumps(metadata).encode(),
        b"--the boundary",
        *([media_headers] if media_headers else []),
        b"",
        data,
        b"--the boundary" + end,
    ]
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=multipart"
    headers = {"Content-Type": 'multipart/related; boundary="the boundary"'}
    body = newline.join(parts)
    return server.call("POST", path, data=body, headers=headers, status=status).json()


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


@pytest.mark.parametrize("kind", ["md5Hash", "crc32c"])
def test_a_content_with_another_checksum_is_refused(
    server: RunningStorage, kind: str
) -> None:
    bucket = server.bucket()
    bucket.blob("o").upload_from_string(b"before")
    right = md5_of(b"data") if kind == "md5Hash" else crc32c_of(b"data")
    wrong = md5_of(b"dada") if kind == "md5Hash" else crc32c_of(b"dada")

    answer = related(
        server, bucket.name, {"name": "o", kind: wrong}, b"data", status=400
    )

    what = "MD5 hash" if kind == "md5Hash" else "CRC32C"
    assert answer["error"]["message"] == (
        f'Provided {what} "{wrong}" doesn\'t match calculated {what} "{right}".'
    )
    assert bucket.blob("o").download_as_bytes() == b"before"
    related(server, bucket.name, {"name": "o", kind: right}, b"data")


def test_a_hash_header_is_checked_too(server: RunningStorage) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=o"

    for wrong in (f"crc32c={crc32c_of(b'y')}", f"crc32c=x,md5={md5_of(b'x')}"):
        headers = {"x-goog-hash": wrong}
        server.call("POST", path, data=b"x", headers=headers, status=400)
    headers = {"x-goog-hash": f"crc32c={crc32c_of(b'x')},md5={md5_of(b'x')}"}
    server.call("POST", path, data=b"x", headers=headers)


def test_the_client_finds_what_was_damaged(server: RunningStorage) -> None:
    """
    The header with the checksums is what it compares with.
    """
    bucket = server.bucket()
    bucket.blob("o").upload_from_string(b"12345")
    content = server.within(lambda store: store.objects.get(bucket.name, "o").content)
    server.within(lambda store: store.contents.path(content.id).write_bytes(b"12346"))

    with pytest.raises(DataCorruption):
        bucket.blob("o").download_as_bytes()


def test_a_request_that_is_gzip_is_unpacked(server: RunningStorage) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=o"
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain"}
    data = b"text" * MIB

    made = server.call("POST", path, data=gzip.compress(data), headers=headers).json()

    assert made["md5Hash"] == md5_of(data)
    assert "contentEncoding" not in made
    server.call("POST", path, data=b"no gzip", headers=headers, status=400)
    cut = gzip.compress(data)[:-20]
    server.call("POST", path, data=cut, headers=headers, status=400)


def test_a_body_of_unknown_length_is_taken(server: RunningStorage) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=o"
    pieces = [b"a" * 70_000, b"b" * 300_000, b"c"]

    made = server.call("POST", path, data=iter(pieces)).json()

    assert made["md5Hash"] == md5_of(b"".join(pieces))


def test_who_waits_to_send_is_told_to(server: RunningStorage) -> None:
    bucket = server.bucket().name
    connection = http.client.HTTPConnection(
        server.url.removeprefix("http://"), timeout=TIMEOUT_SECONDS
    )
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=o"
    connection.putrequest("POST", path)
    for name, value in [
        ("Authorization", "Bearer t"),
        ("Content-Length", "2"),
        ("Expect", "100-continue"),
    ]:
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.sock.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"

    connection.send(b"ok")

    assert connection.getresponse().status == 200
    connection.close()


def test_an_upload_that_is_cut_leaves_nothing(server: RunningStorage) -> None:
    bucket = server.bucket()
    bucket.blob("o").upload_from_string(b"before")
    files = server.within(lambda store: sum(1 for _ in store.contents.files()))

    request = (
        f"POST /upload/storage/v1/b/{bucket.name}/o?uploadType=media&name=o"
        " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n"
        "Content-Length: 900000\r\n\r\n"
    )
    with server.connection() as connection:
        connection.sendall(request.encode() + b"x" * 600_000)
        server.wait_for(lambda store: sum(1 for _ in store.contents.files()) > files)

    server.wait_for(lambda store: sum(1 for _ in store.contents.files()) == files)
    assert bucket.blob("o").download_as_bytes() == b"before"


def test_an_upload_to_no_bucket_is_not_found(server: RunningStorage) -> None:
    path = "/upload/storage/v1/b/no-such-bucket/o?uploadType=media&name=o"
    answer = server.call("POST", path, data=b"x" * 3 * MIB, status=404)

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
