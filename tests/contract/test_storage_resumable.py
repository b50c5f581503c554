"""
Resumable uploads: an object's bytes over many requests, connections, processes.
"""

import io
from collections.abc import Iterator

import pytest
import requests

from tests.contract.storage_server import RunningStorage, error_of, running_storage

BLOCK = 256 * 1024
DATA = bytes(range(251)) * 5000  # 1,255,000 bytes: four blocks and a bit


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


class Session:
    """
    One upload, driven by hand. No token is sent: the URI is the right.
    """

    def __init__(self, server: RunningStorage, query: str = "", **headers: str) -> None:
        self.server = server
        self.bucket = server.bucket()
        path = f"/upload/storage/v1/b/{self.bucket.name}/o?uploadType=resumable"
        begun = server.call("POST", f"{path}&name=o{query}", json={}, headers=headers)
        assert begun.content == b""
        self.uri = begun.headers["Location"]

    def put(
        self, data: bytes, span: str | None, status: int, **headers: str
    ) -> requests.Response:
        if span is not None:
            headers["Content-Range"] = f"bytes {span}"
        answer = requests.put(self.uri, data=data, headers=headers, timeout=30)
        assert answer.status_code == status, answer.text
        return answer

    def kept(self) -> str | None:
        """
        What a status query tells.
        """
        answer = self.put(b"", "*/*", 308)
        assert answer.reason == "Resume Incomplete"
        return answer.headers.get("Range")

    def content(self) -> bytes:
        return bytes(self.bucket.blob("o").download_as_bytes())

    def head(self, length: int, span: str) -> bytes:
        """
        The start of a request that is to be cut.
        """
        path = self.uri.removeprefix(self.server.url)
        return (
            f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Range: bytes {span}\r\n"
            f"Content-Length: {length}\r\n\r\n"
        ).encode()


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


def test_a_cut_connection_loses_at_most_a_block(server: RunningStorage) -> None:
    session = Session(server)
    head = session.head(len(DATA), f"0-{len(DATA) - 1}/{len(DATA)}")

    server.send_and_cut(head + DATA[:700_000])

    server.wait_for(lambda _: session.kept() == f"bytes=0-{2 * BLOCK - 1}")
    span = f"{2 * BLOCK}-{len(DATA) - 1}/{len(DATA)}"
    session.put(DATA[2 * BLOCK :], span, 200)
    assert session.content() == DATA


def test_a_session_outlives_the_server(server: RunningStorage) -> None:
    session = Session(server, "&ifGenerationMatch=0")
    session.put(DATA[: 2 * BLOCK], f"0-{2 * BLOCK - 1}/*", 308)

    server.restart()

    assert session.kept() == f"bytes=0-{2 * BLOCK - 1}"
    span = f"{2 * BLOCK}-{len(DATA) - 1}/{len(DATA)}"
    made = session.put(DATA[2 * BLOCK :], span, 200).json()
    assert session.content() == DATA  # the client compares checksums
    server.restart()
    assert session.put(b"", "*/*", 200).json()["generation"] == made["generation"]


def test_a_session_that_is_done_says_what_it_made(server: RunningStorage) -> None:
    """
    So that an answer that was lost makes no second generation.
    """
    session = Session(server)
    made = session.put(b"x", "0-0/1", 200).json()

    for span, data in [("*/*", b""), ("*/1", b""), ("0-0/1", b"x"), (None, b"x")]:
        assert session.put(data, span, 200).json() == made
    assert len([e for e in server.events() if e.bucket == session.bucket.name]) == 1


def test_a_cancelled_session_makes_nothing(server: RunningStorage) -> None:
    session = Session(server)
    session.put(DATA[:BLOCK], f"0-{BLOCK - 1}/*", 308)

    assert requests.delete(session.uri, timeout=30).status_code == 499

    session.put(DATA, None, 499)
    assert list(session.bucket.list_blobs()) == []
    assert server.within(lambda store: store.uploads.get(uri_id(session)).state) == (
        "cancelled"
    )


def uri_id(session: Session) -> str:
    return session.uri.partition("upload_id=")[2]


def test_an_unknown_session_is_not_found(server: RunningStorage) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id=x"
    answer = server.call("PUT", path, status=404)
    assert error_of(answer)[1] == "notFound"


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


def test_of_two_requests_the_later_goes_on(server: RunningStorage) -> None:
    """
    A client that gave a connection up may come back before we know it. What still
    arrives by the old connection does not reach the object.
    """
    session = Session(server)
    head = session.head(2 * len(DATA), f"0-{2 * len(DATA) - 1}/*")

    with server.connection() as hanging:
        hanging.sendall(head + DATA[:600_000])
        server.wait_for(lambda _: session.kept() == f"bytes=0-{2 * BLOCK - 1}")
        span = f"{2 * BLOCK}-{len(DATA) - 1}/{len(DATA)}"
        session.put(DATA[2 * BLOCK :], span, 200)
        hanging.sendall(b"?" * (2 * len(DATA) - 600_000))
        assert hanging.recv(12) == b"HTTP/1.1 503"

    assert session.content() == DATA
    _, file = server.within(lambda store: store.open_object(session.bucket.name, "o"))
    with file:
        assert file.read() == DATA
    assert len([e for e in server.events() if e.bucket == session.bucket.name]) == 1
