"""
Downloads: whole, in part, and decompressed.
"""

import gzip
import io
from collections.abc import Iterator

import pytest
import requests
from google.api_core.exceptions import NotFound
from google.cloud.storage import Bucket

from tests.contract.storage_server import RunningStorage, running_storage

DATA = bytes(range(256)) * 10_000  # more than is sent in one piece


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture(scope="module")
def bucket(server: RunningStorage) -> Bucket:
    bucket = server.bucket()
    bucket.blob("big").upload_from_string(DATA, content_type="text/plain")
    bucket.blob("ten").upload_from_string(b"0123456789")
    bucket.blob("empty").upload_from_string(b"")
    return bucket


def media(
    server: RunningStorage,
    bucket: Bucket,
    name: str,
    query: str = "",
    status: int | None = 200,
    headers: dict[str, str] | None = None,
) -> requests.Response:
    path = f"/storage/v1/b/{bucket.name}/o/{name}?alt=media{query}"
    return server.call("GET", path, headers=headers, status=status)


def ranged(text: str) -> dict[str, str]:
    return {"Range": f"bytes={text}"}


def test_a_download_is_described_by_its_headers(
    server: RunningStorage, bucket: Bucket
) -> None:
    blob = bucket.get_blob("big")

    answer = media(server, bucket, "big")

    assert answer.content == DATA
    shown = answer.headers
    assert shown["Content-Type"] == "text/plain"
    assert shown["Content-Length"] == str(len(DATA))
    assert shown["X-Goog-Generation"] == str(blob.generation)
    assert shown["X-Goog-Metageneration"] == "1"
    assert shown["X-Goog-Hash"] == f"crc32c={blob.crc32c},md5={blob.md5_hash}"
    assert shown["X-Goog-Stored-Content-Length"] == str(len(DATA))
    assert shown["X-Goog-Stored-Content-Encoding"] == "identity"
    assert shown["X-Goog-Storage-Class"] == "STANDARD"
    assert shown["ETag"] == blob.etag
    assert shown["Last-Modified"].endswith("GMT")
    assert shown["Content-Disposition"] == "attachment"
    assert "X-GUploader-UploadID" in shown


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("0-0", 0, 0),
        ("2-4", 2, 4),
        ("5-", 5, 9),
        ("0-", 0, 9),
        ("-3", 7, 9),
        ("-99", 0, 9),
        ("8-99", 8, 9),
    ],
)
def test_a_range_is_what_was_asked_for(
    server: RunningStorage, bucket: Bucket, asked: str, first: int, last: int
) -> None:
    answer = media(server, bucket, "ten", status=206, headers=ranged(asked))

    assert answer.content == b"0123456789"[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/10"
    assert answer.headers["X-Goog-Stored-Content-Length"] == "10"


@pytest.mark.parametrize(
    "asked", ["x", "bytes=", "bytes=-", "bytes=4-2", "bytes=0-1,4-5"]
)
def test_a_range_that_is_none_is_ignored(
    server: RunningStorage, bucket: Bucket, asked: str
) -> None:
    assert (
        media(server, bucket, "ten", headers={"Range": asked}).content == b"0123456789"
    )


@pytest.mark.parametrize(
    ("name", "asked"),
    [("ten", "10-"), ("ten", "99-100"), ("ten", "-0"), ("empty", "0-")],
)
def test_a_range_beyond_the_end_is_refused(
    server: RunningStorage, bucket: Bucket, name: str, asked: str
) -> None:
    answer = media(server, bucket, name, status=416, headers=ranged(asked))

    size = 10 if name == "ten" else 0
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def test_the_client_reads_parts(bucket: Bucket) -> None:
    assert bucket.blob("big").download_as_bytes(start=1000, end=1999) == DATA[1000:2000]
    assert bucket.blob("empty").download_as_bytes() == b""
    with bucket.blob("big").open("rb", chunk_size=700_000) as file:
        assert file.read() == DATA
    chunked = bucket.blob("big", chunk_size=256 * 1024)
    target = io.BytesIO()
    chunked.download_to_file(target)
    assert target.getvalue() == DATA


def test_a_pinned_generation_is_the_one_that_is_read(server: RunningStorage) -> None:
    bucket = server.bucket(versioned=True)
    first = server.insert(bucket.name, "o", b"1")["generation"]
    server.insert(bucket.name, "o", b"2")

    assert media(server, bucket, "o", f"&generation={first}").content == b"1"
    bucket.delete_blob("o", generation=int(first))
    answer = media(server, bucket, "o", f"&generation={first}", status=404)
    assert answer.text == f"No such object: {bucket.name}/o"


def test_an_error_of_a_download_is_its_text(
    server: RunningStorage, bucket: Bucket
) -> None:
    """
    Clients put it behind the status: "404 GET ...: No such object: b/o".
    """
    answer = media(server, bucket, "none", status=404)
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert answer.text == f"No such object: {bucket.name}/none"
    with pytest.raises(NotFound, match=f"No such object: {bucket.name}/none"):
        bucket.blob("none").download_as_bytes()


def test_what_is_deleted_while_it_is_read_is_read_to_its_end(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    data = bytes(16 * 1024 * 1024)
    bucket.blob("o").upload_from_string(data)
    path = f"/storage/v1/b/{bucket.name}/o/o?alt=media"

    with server.http.get(server.url + path, stream=True, timeout=30) as answer:
        bucket.blob("o").delete()
        bucket.blob("o").upload_from_string(b"new")
        assert sum(len(piece) for piece in answer.iter_content(65536)) == len(data)


def test_a_gzip_object_is_unpacked_for_who_does_not_take_gzip(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    text = b"text" * 1_000_000
    packed = gzip.compress(text[:40]) + gzip.compress(text[40:])
    blob = bucket.blob("o")
    blob.content_encoding = "gzip"
    blob.upload_from_string(packed, content_type="text/plain")

    plain = media(server, bucket, "o", headers={"Accept-Encoding": "identity"})
    assert plain.content == text
    assert "Content-Encoding" not in plain.headers
    assert "Content-Length" not in plain.headers
    assert plain.headers["X-Goog-Stored-Content-Encoding"] == "gzip"
    assert plain.headers["X-Goog-Stored-Content-Length"] == str(len(packed))
    assert plain.headers["Warning"] == "214 UploadServer gunzipped"
    ignored = {"Accept-Encoding": "identity", "Range": "bytes=0-3"}
    assert media(server, bucket, "o", headers=ignored).content == text

    path = f"{server.url}/storage/v1/b/{bucket.name}/o/o?alt=media"
    headers = {"Accept-Encoding": "gzip"}
    with server.http.get(path, headers=headers, stream=True, timeout=30) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.raw.read(decode_content=False) == packed
    assert bucket.blob("o").download_as_bytes() == text
    assert bucket.blob("o").download_as_bytes(raw_download=True) == packed
    blob.cache_control = "no-transform"
    blob.patch()
    kept = media(server, bucket, "o", headers={"Accept-Encoding": "identity"})
    assert kept.headers["Content-Encoding"] == "gzip"


def test_a_gzip_object_that_is_none_ends_in_a_cut_connection(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    blob = bucket.blob("o")
    blob.content_encoding = "gzip"
    blob.upload_from_string(gzip.compress(bytes(5_000_000))[:-40])

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        media(server, bucket, "o", headers={"Accept-Encoding": "identity"})
