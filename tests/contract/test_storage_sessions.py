"""
Sessions of resumable uploads: they outlive connections and processes, and end once.
"""

from collections.abc import Iterator

import pytest
import requests

from tests.contract.storage_server import RunningStorage, error_of, running_storage
from tests.contract.storage_session import BLOCK, DATA, Session


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


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


def test_a_cancelled_session_makes_nothing(server: RunningStorage) -> None:
    session = Session(server)
    session.put(DATA[:BLOCK], f"0-{BLOCK - 1}/*", 308)

    assert requests.delete(session.uri, timeout=30).status_code == 499

    session.put(DATA, None, 499)
    assert list(session.bucket.list_blobs()) == []
    assert server.within(
        lambda store: store.uploads.get(session.uri.partition("upload_id=")[2]).state
    ) == ("cancelled")


def test_an_unknown_session_is_not_found(server: RunningStorage) -> None:
    bucket = server.bucket().name
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id=x"
    answer = server.call("PUT", path, status=404)
    assert error_of(answer)[1] == "notFound"
