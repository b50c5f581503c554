"""
What can happen to an upload on its way: damage, compression, a cut connection.
"""

import gzip
import http.client
from collections.abc import Iterator

import pytest
from google.cloud.storage.exceptions import DataCorruption

from tests.contract.storage_related import crc32c_of, md5_of, related
from tests.contract.storage_server import (
    TIMEOUT_SECONDS,
    RunningStorage,
    running_storage,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


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
    data = b"text" * 1_000_000

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


def test_who_can_not_wait_is_not_told_to_send(server: RunningStorage) -> None:
    """
    HTTP/1.0 has no 100: a client of that age takes it for the answer.
    """
    bucket = server.bucket().name
    with server.connection() as connection:
        connection.sendall(
            f"POST /upload/storage/v1/b/{bucket}/o?uploadType=media&name=o HTTP/1.0\r\n"
            "Authorization: Bearer t\r\nContent-Length: 2\r\n"
            "Expect: 100-continue\r\n\r\nok".encode()
        )
        assert connection.recv(4096).split()[1] == b"200"


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
