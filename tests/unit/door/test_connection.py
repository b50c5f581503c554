"""
What a client meets that speaks to the door, byte by byte.
"""

import contextlib
import http.client
import json
import socket
import ssl
import time

import pytest

from tests.unit.door.conftest import MOST, Opened
from tests.unit.door.speaking import TIMEOUT, ask, tunnel


@pytest.mark.parametrize("alpn", [(), ("http/1.1",), ("h2", "http/1.1")])
@pytest.mark.parametrize(
    "host",
    [
        "storage.googleapis.com",
        "aiplatform.us.rep.googleapis.com",
        "bucket.storage.googleapis.com",
        "googleapis.com",
    ],
)
def test_whoever_can_speak_http_1_gets_it(
    opened: Opened, host: str, alpn: tuple[str, ...]
) -> None:
    with opened.client_context(*alpn).wrap_socket(
        tunnel(opened, host), server_hostname=host
    ) as tls:
        connection = http.client.HTTPConnection(host)
        connection.sock = tls
        for body in (b"", b"x" * 3_000_000):
            connection.request("POST", "/a", body=body)
            told = json.load(connection.getresponse())
            assert told == {"host": host, "scheme": "https", "bytes": len(body)}

    assert opened.grpc_hosts == []


def test_only_h2_goes_to_the_grpc_port_and_back(opened: Opened) -> None:
    host = "pubsub.googleapis.com"
    with opened.client_context("h2").wrap_socket(
        tunnel(opened, host), server_hostname=host
    ) as tls:
        # The first bytes leave with the end of the handshake.
        for sent in (b"PRI * HTTP/2.0", b"x" * 100_000):
            tls.sendall(sent)
            got = b""
            while len(got) < len(sent):
                got += tls.recv(65536)
            assert got == sent

    assert opened.grpc_hosts == [host]


@pytest.mark.parametrize("alpn", ["h2", "http/1.1"])
def test_data_that_comes_with_the_end_of_the_handshake_is_not_lost(
    opened: Opened, alpn: str
) -> None:
    """
    A client may send its first request in the packet that ends its handshake, before
    the door can know who is to answer.
    """
    host = "storage.googleapis.com"
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = opened.client_context(alpn).wrap_bio(coming, going, server_hostname=host)
    request = f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    with tunnel(opened, host) as client:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                client.sendall(going.read())
                coming.write(client.recv(65536))
        tls.write(request)
        client.sendall(going.read())
        answer = b""
        while not answer.endswith((request, b"}")):
            coming.write(client.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                answer += tls.read()

    assert answer == request if alpn == "h2" else b'"host"' in answer


def test_a_client_that_leaves_takes_its_grpc_connection_along(opened: Opened) -> None:
    host = "pubsub.googleapis.com"
    tls = opened.client_context("h2").wrap_socket(
        tunnel(opened, host), server_hostname=host
    )
    tls.sendall(b"x")
    assert tls.recv(1) == b"x"
    tls.close()

    opened.thread.run(opened.grpc_lost.wait())


def test_a_server_that_does_not_read_holds_its_client_back(opened: Opened) -> None:
    """
    What the door keeps in memory is bounded by buffers, not by what a client sends.
    """
    opened.grpc_reads = False
    host = "pubsub.googleapis.com"
    with opened.client_context("h2").wrap_socket(
        tunnel(opened, host), server_hostname=host
    ) as tls:
        tls.settimeout(1)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 50_000_000:
                sent += tls.send(b"x" * 65536)

    assert sent < 50_000_000
    assert opened.grpc_taken == 0


def test_stopping_drops_who_is_still_connected(opened: Opened) -> None:
    host = "pubsub.googleapis.com"
    with (
        opened.client_context("h2").wrap_socket(
            tunnel(opened, host), server_hostname=host
        ) as tls,
        tunnel(opened, host) as silent,
    ):
        tls.sendall(b"x")
        assert tls.recv(1) == b"x"

        opened.thread.run(opened.door.stop())

        for left in (tls, silent):
            with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
                assert left.recv(1) == b""


def test_a_client_that_does_not_know_the_authority_gets_nowhere(opened: Opened) -> None:
    host = "storage.googleapis.com"
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(
            tunnel(opened, host), server_hostname=host
        )


def test_a_crowd_is_refused_in_words_and_leaves_nothing_behind(
    opened: Opened,
) -> None:
    """
    Whatever the connections of the crowd got to: a part of a head, a tunnel, a part
    of a request.
    """
    with contextlib.ExitStack() as crowd:
        for number in range(MOST):
            if number % 3 == 0:
                client = socket.create_connection(
                    ("127.0.0.1", opened.door.port), TIMEOUT
                )
                client.sendall(b"CONNECT storage.goo")
            else:
                client = tunnel(opened, "storage.googleapis.com")
            if number % 3 == 2:
                client = opened.client_context("http/1.1").wrap_socket(
                    client, server_hostname="storage.googleapis.com"
                )
                client.sendall(b"POST / HTTP/1.1\r\nHost: storage.googleapis.com\r\n")
            crowd.enter_context(client)

        answer = ask(opened, b"")
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert f"There are {MOST} connections".encode() in answer

    deadline = time.monotonic() + TIMEOUT
    while True:
        with contextlib.suppress(AssertionError, ConnectionError):
            tunnel(opened, "storage.googleapis.com").close()
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
