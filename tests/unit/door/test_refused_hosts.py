"""
Who asks the door for anything but a tunnel to Google is refused, in words.
"""

import pytest

from tests.unit.door.conftest import Opened
from tests.unit.door.speaking import CONNECT, ask


@pytest.mark.parametrize(
    "target",
    [
        b"example.com:443",
        b"storage.googleapis.com.evil.example:443",
        b"storage.googleapis.com:80",
        b"127.0.0.1:443",
        b"[::1]:443",
    ],
)
def test_every_other_host_is_refused_with_a_sentence(
    opened: Opened, target: bytes
) -> None:
    answer = ask(opened, CONNECT % (target, target))

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert target + b" is refused" in answer


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET http://example.com/ HTTP/1.1",
        b"GET http://storage.googleapis.com/ HTTP/1.1",
        b"GET / HTTP/1.1",
        b"POST http://169.254.169.254/ HTTP/1.0",
    ],
)
def test_plain_http_is_refused_with_a_sentence(
    opened: Opened, request_line: bytes
) -> None:
    answer = ask(opened, request_line + b"\r\nHost: example.com\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"is refused: this proxy only opens tunnels" in answer


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"CONNECT nowhere HTTP/1.1\r\n\r\n", b"400"),
        (CONNECT % ((b"storage.googleapis.com:443",) * 2) + b"\x16\x03", b"400"),
        (b"CONNECT " + b"x" * 20_000, b"431"),
    ],
)
def test_a_malformed_request_is_refused(
    opened: Opened, request_bytes: bytes, status: bytes
) -> None:
    assert ask(opened, request_bytes).startswith(b"HTTP/1.1 " + status)
