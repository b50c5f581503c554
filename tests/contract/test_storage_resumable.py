"""
Resumable uploads: an object's bytes in chunks.
"""

import io
from collections.abc import Iterator

import pytest
import requests

from tests.contract.storage_server import RunningStorage, running_storage
from tests.contract.storage_session import BLOCK, DATA, Session


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


def test_the_client_uploads_in_chunks(server: RunningStorage) -> None:
    bucket = server.bucket()
    blob = bucket.blob("o", chunk_size=BLOCK)

    blob.upload_from_file(io.BytesIO(DATA), size=len(DATA), content_type="a/b")

    assert blob.content_type == "a/b"
    assert bucket.blob("o").download_as_bytes() == DATA


def test_the_client_uploads_what_has_no_known_size(server: RunningStorage) -> None:
    bucket = server.bucket()

    with bucket.blob("o").open("wb", chunk_size=BLOCK, if_generation_match=0) as file:
        file.write(DATA)

    assert bucket.blob("o").download_as_bytes() == DATA


def test_the_object_appears_with_its_last_byte(server: RunningStorage) -> None:
    session = Session(server)
    assert session.kept() is None

    first = session.put(DATA[:BLOCK], f"0-{BLOCK - 1}/*", 308)
    assert first.headers["Range"] == f"bytes=0-{BLOCK - 1}"
    assert session.kept() == f"bytes=0-{BLOCK - 1}"
    assert list(session.bucket.list_blobs()) == []

    span = f"{BLOCK}-{len(DATA) - 1}/{len(DATA)}"
    made = session.put(DATA[BLOCK:], span, 200).json()

    assert (made["name"], made["size"]) == ("o", str(len(DATA)))
    assert session.content() == DATA
    assert len([e for e in server.events() if e.bucket == session.bucket.name]) == 1


def test_a_whole_body_needs_no_range(server: RunningStorage) -> None:
    session = Session(server)
    session.put(DATA, None, 200)
    assert session.content() == DATA


def test_an_open_range_ends_with_the_body(server: RunningStorage) -> None:
    """
    Node's client names neither the last byte nor the total unless it sends chunks, and
    takes anything but a success for a failure.
    """
    session = Session(server)
    session.put(DATA[:BLOCK], f"0-{BLOCK - 1}/*", 308)
    session.put(DATA[BLOCK:], f"{BLOCK}-*/*", 200)
    assert session.content() == DATA


def test_an_empty_object_is_one_request(server: RunningStorage) -> None:
    session = Session(server)
    session.put(b"", "*/0", 200)
    assert session.content() == b""


def test_only_whole_blocks_of_a_chunk_are_kept(server: RunningStorage) -> None:
    session = Session(server)

    answer = session.put(DATA[:700_000], "0-699999/*", 308)

    assert answer.headers["Range"] == f"bytes=0-{2 * BLOCK - 1}"
    span = f"{2 * BLOCK}-{len(DATA) - 1}/{len(DATA)}"
    session.put(DATA[2 * BLOCK :], span, 200)
    assert session.content() == DATA


def test_bytes_that_are_there_already_are_not_taken_twice(
    server: RunningStorage,
) -> None:
    session = Session(server)
    for _ in range(2):
        answer = session.put(DATA[: 2 * BLOCK], f"0-{2 * BLOCK - 1}/*", 308)
        assert answer.headers["Range"] == f"bytes=0-{2 * BLOCK - 1}"

    session.put(DATA[100:], f"100-{len(DATA) - 1}/{len(DATA)}", 200)

    assert session.content() == DATA


def test_a_gap_is_told_in_plain_text(server: RunningStorage) -> None:
    session = Session(server)
    session.put(DATA[:BLOCK], f"0-{BLOCK - 1}/*", 308)

    answer = session.put(b"x", "300000-300000/*", 503)

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == (
        "Invalid request.  According to the Content-Range header, the upload offset "
        "is 300000 byte(s), which exceeds already uploaded size of 262144 byte(s)."
    )
    assert session.kept() == f"bytes=0-{BLOCK - 1}"


def test_go_is_told_of_308_in_its_own_way(server: RunningStorage) -> None:
    session = Session(server)
    headers = {"X-GUploader-No-308": "yes"}

    answer = session.put(DATA[:BLOCK], f"0-{BLOCK - 1}/*", 200, **headers)

    assert answer.headers["X-HTTP-Status-Code-Override"] == "308"
    assert answer.headers["Range"] == f"bytes=0-{BLOCK - 1}"
    assert answer.content == b""


@pytest.mark.parametrize(
    ("span", "data"),
    [("0-9/5", b"x" * 10), ("5-1/9", b"x"), ("x", b"x"), ("0-9/20", b"x" * 5)],
)
def test_a_chunk_that_contradicts_itself_is_refused(
    server: RunningStorage, span: str, data: bytes
) -> None:
    session = Session(server)
    session.put(data, span, 400)
    assert session.kept() is None


def test_the_size_that_was_announced_holds(server: RunningStorage) -> None:
    session = Session(server, **{"X-Upload-Content-Length": "5"})

    session.put(b"123456", "0-5/6", 400)
    session.put(b"123456", None, 400)
    session.put(b"12345", "0-4/*", 200)
    assert session.content() == b"12345"


def test_a_checksum_at_the_end_is_checked(server: RunningStorage) -> None:
    session = Session(server)
    headers = {"x-goog-hash": "crc32c=AAAAAA=="}

    session.put(b"data", "0-3/4", 400, **headers)

    assert list(session.bucket.list_blobs()) == []


def test_a_checksum_of_the_beginning_is_checked_at_the_end(
    server: RunningStorage,
) -> None:
    bucket = server.bucket()
    path = f"/upload/storage/v1/b/{bucket.name}/o?uploadType=resumable"
    begun = server.call("POST", path, json={"name": "o", "crc32c": "AAAAAA=="})

    session = begun.headers["Location"].removeprefix(server.url)
    server.call("PUT", session, data=b"data", status=400)

    assert list(bucket.list_blobs()) == []


def test_metadata_of_the_beginning_is_that_of_the_object(
    server: RunningStorage,
) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable"
    resource = {"name": "a b", "metadata": {"k": "v"}, "cacheControl": "no-store"}
    headers = {"X-Upload-Content-Type": "text/x"}
    begun = server.call("POST", path, json=resource, headers=headers)

    made = requests.put(begun.headers["Location"], data=b"x", timeout=30).json()

    assert made["contentType"] == "text/x"
    assert {key: made[key] for key in resource} == resource
