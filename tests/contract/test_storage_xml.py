"""
The XML API's read path, by which some clients read media.
"""

from collections.abc import Iterator

import pytest
from google.cloud.storage import Bucket

from tests.contract.storage_server import RunningStorage, running_storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture(scope="module")
def bucket(server: RunningStorage) -> Bucket:
    bucket = server.bucket()
    bucket.blob("ten").upload_from_string(b"0123456789")
    return bucket


def test_the_xml_api_reads_objects(server: RunningStorage) -> None:
    bucket = server.bucket()
    blob = bucket.blob("a/b c")
    blob.metadata = {"key": "value", "line": "a\nb"}
    blob.upload_from_string(b"0123456789", content_type="text/plain")

    answer = server.call("GET", f"/{bucket.name}/a/b%20c")
    assert answer.content == b"0123456789"
    assert answer.headers["ETag"] == '"781e5e245d69b566979b86e28d23f2c7"'
    assert answer.headers["x-goog-meta-key"] == "value"
    assert "Content-Disposition" not in answer.headers
    assert answer.headers["X-Goog-Generation"] == str(blob.generation)
    head = server.call("HEAD", f"/{bucket.name}/a%2Fb%20c")
    assert (head.content, head.headers["Content-Length"]) == (b"", "10")
    part = {"Range": "bytes=-1"}
    assert server.call(
        "GET", f"/{bucket.name}/a/b%20c", headers=part, status=206
    ).content == (b"9")
    path = f"/{bucket.name}/a/b%20c?generation={blob.generation + 1}"
    missing = server.call("GET", path, status=404)
    assert missing.headers["Content-Type"] == "application/xml; charset=UTF-8"
    assert "<Code>NoSuchKey</Code>" in missing.text
    server.call("GET", "/no-such-bucket/o", status=404)
    server.call("PUT", f"/{bucket.name}/new", status=501)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("x-goog-if-generation-match", "5", 412),
        ("x-goog-if-metageneration-match", "1", 200),
        ("x-goog-if-metageneration-match", "2", 412),
        ("If-Match", '"781e5e245d69b566979b86e28d23f2c7"', 200),
        ("If-Match", '"other"', 412),
        ("If-None-Match", '"781e5e245d69b566979b86e28d23f2c7"', 304),
        ("If-None-Match", '"other"', 200),
        ("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT", 200),
        ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 -0000", 304),
        ("If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT", 412),
        ("If-Unmodified-Since", "never", 200),
    ],
)
def test_the_xml_api_has_its_own_preconditions(
    server: RunningStorage, bucket: Bucket, header: str, value: str, status: int
) -> None:
    path = f"/{bucket.name}/ten"
    answer = server.call("GET", path, headers={header: value}, status=status)
    if status == 412:
        assert "<Code>PreconditionFailed</Code>" in answer.text
