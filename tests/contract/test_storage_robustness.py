"""
Whatever a client sends, it gets an answer in Google's shape, and never a 500.
"""

import json
import re
from collections.abc import Iterator

import pytest
import requests

from tests.contract.storage_server import RunningStorage, running_storage

MANY_DIGITS = "9" * 6000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture(scope="module")
def bucket(server: RunningStorage) -> str:
    name = server.bucket().name
    server.insert(name, "o", b"0123456789")
    return str(name)


def check(answer: requests.Response, *, xml: bool = False) -> None:
    """
    A refusal in Google's shape, or no refusal; never an error of ours.
    """
    assert answer.status_code != 500, answer.text
    if answer.status_code < 400 or answer.request.method == "HEAD":
        return
    if xml:
        assert re.search(r"<Error><Code>\w+</Code><Message>.*", answer.text, re.S)
        return
    error = json.loads(answer.text)["error"]
    assert error["code"] == answer.status_code
    assert error["message"]
    assert error["errors"][0]["reason"]


@pytest.mark.parametrize(
    "path", ["/storage/v1/nothing", "/storage/v1/b/x/y/z", "/upload/storage/v1/b"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_an_unknown_method_is_not_found(
    server: RunningStorage, method: str, path: str
) -> None:
    answer = server.call(method, path, status=404)
    check(answer)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"7", b"\xff", b'{"a":' * 100_000, b"[" * 100_000, b'"' * 9],
    ids=["cut", "list", "number", "no UTF-8", "deep", "deep list", "quotes"],
)
def test_bad_json_is_a_parse_error(
    server: RunningStorage, bucket: str, body: bytes
) -> None:
    for method, path in (
        ("POST", "/storage/v1/b?project=p"),
        ("PATCH", f"/storage/v1/b/{bucket}/o/o"),
        ("PUT", f"/storage/v1/b/{bucket}/iam"),
        ("POST", f"/storage/v1/b/{bucket}/notificationConfigs"),
        ("POST", f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=x"),
    ):
        answer = server.call(method, path, data=body, status=400)
        check(answer)
        assert answer.json()["error"]["errors"][0]["reason"] == "parseError"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Range", f"bytes=0-{MANY_DIGITS}"),
        ("Range", f"bytes={MANY_DIGITS}-"),
        ("Range", f"bytes=-{MANY_DIGITS}"),
        ("If-Match", ",,"),
        ("If-Modified-Since", "Fri, 99 Jan 2100 99:00:00 GMT"),
        ("If-Modified-Since", "x" * 100),
        ("x-goog-if-generation-match", "x"),
        ("x-goog-if-generation-match", "9" * 25),
        ("Accept-Encoding", ";;;,gzip;q=x"),
    ],
)
def test_odd_headers_are_no_reason_to_fail(
    server: RunningStorage, bucket: str, header: str, value: str
) -> None:
    for path in (f"/{bucket}/o", f"/storage/v1/b/{bucket}/o/o?alt=media"):
        answer = server.call("GET", path, headers={header: value}, status=None)
        assert answer.status_code in (200, 206, 304, 400, 412, 416), answer.text
        if answer.status_code == 400:
            check(answer, xml=path.startswith(f"/{bucket}"))


@pytest.mark.parametrize(
    ("span", "status"),
    [
        ("bytes 0-1", 400),
        ("bytes x-y/z", 400),
        ("bytes 5-2/9", 400),
        ("bytes 0-9/5", 400),
        ("octets 0-1/2", 400),
        (f"bytes 0-1/{MANY_DIGITS}", 413),
        (f"bytes {MANY_DIGITS}-1/*", 400),
        (f"bytes 0-1/{5 * 1024**4 + 1}", 413),
    ],
)
def test_a_wrong_content_range_is_refused(
    server: RunningStorage, bucket: str, span: str, status: int
) -> None:
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=x"
    session = server.call("POST", path).headers["Location"].removeprefix(server.url)
    headers = {"Content-Range": span}
    check(server.call("PUT", session, data=b"ab", headers=headers, status=status))
    assert server.call("PUT", session, data=b"ab").json()["size"] == "2"


def test_more_than_five_tebibytes_are_refused_before_they_come(
    server: RunningStorage, bucket: str
) -> None:
    size = 5 * 1024**4 + 1
    path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=x"
    headers = {"X-Upload-Content-Length": str(size)}
    answer = server.call("POST", path, headers=headers, status=413)
    check(answer)
    assert answer.json()["error"]["errors"][0]["reason"] == "uploadTooLarge"
    headers = {"X-Upload-Content-Length": str(size - 1)}
    server.call("POST", path, headers=headers)
    request = (
        f"POST {path.replace('resumable', 'media')} HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer t\r\nContent-Length: {size}\r\n\r\n"
    )
    with server.connection() as connection:
        connection.sendall(request.encode())
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_body_that_is_too_large_is_refused(
    server: RunningStorage, bucket: str
) -> None:
    body = json.dumps({"metadata": {"k": "v" * 2_000_000}}).encode()
    path = f"/storage/v1/b/{bucket}/o/o"
    check(server.call("PATCH", path, data=body, status=400))
    metadata = {"metadata": {"k": "v" * 8192}}
    check(server.call("PATCH", path, json=metadata, status=400))
    metadata = {"metadata": {"k": "v" * 8191}}
    server.call("PATCH", path, json=metadata)


def test_half_a_request_leaves_the_server_well(
    server: RunningStorage, bucket: str
) -> None:
    head = f"PATCH /storage/v1/b/{bucket}/o/o HTTP/1.1\r\nHost: x\r\n"
    for half in (
        b"PATCH /stor",
        head.encode(),
        (head + "Authorization: Bearer t\r\nContent-Length: 90\r\n\r\n{").encode(),
        (head + "Transfer-Encoding: chunked\r\n\r\nffff\r\n{").encode(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n" * 50,
    ):
        server.send_and_cut(half)
    assert server.call("GET", f"/{bucket}/o").content == b"0123456789"


def test_the_xml_api_refuses_in_its_own_shape(
    server: RunningStorage, bucket: str
) -> None:
    for method, path in (
        ("GET", f"/{bucket}/none"),
        ("GET", "/no-such-bucket/o"),
        ("GET", f"/{bucket}/o?generation=x"),
        ("GET", f"/{bucket}/%ff"),
        ("PUT", f"/{bucket}/o"),
        ("POST", f"/{bucket}/o?uploads"),
        ("DELETE", f"/{bucket}/o"),
        ("GET", f"/{bucket}"),
        ("GET", "/"),
    ):
        answer = server.call(method, path, status=None)
        assert 400 <= answer.status_code < 502, (method, path)
        check(answer, xml=True)
