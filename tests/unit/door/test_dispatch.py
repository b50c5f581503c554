import asyncio
import contextlib
import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from aiohttp import web

from localcloud.door.dispatch import Dispatcher
from localcloud.door.inviting import inviting
from localcloud.faults.cutting import cut
from tests.loop_thread import LoopThread


async def failing(request: web.BaseRequest) -> web.StreamResponse:
    raise RuntimeError("a secret")


async def cutting(request: web.BaseRequest) -> web.StreamResponse:
    raise cut(request)


async def breaking(request: web.BaseRequest) -> web.StreamResponse:
    raise ConnectionResetError("nobody meant that")


_LEFT = threading.Event()


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    try:
        while True:
            await answer.write(b"x" * 1000)
            await asyncio.sleep(0.01)
    finally:
        _LEFT.set()


def named(name: str) -> web.Response:
    return web.Response(text=name)


async def storage(request: web.BaseRequest) -> web.StreamResponse:
    return named(f"storage {len(await request.read())}")


async def vertex(request: web.BaseRequest) -> web.StreamResponse:
    return named("vertex")


@contextlib.contextmanager
def served(**terms: float) -> Iterator[tuple[int, web.Server]]:
    dispatcher = Dispatcher(
        {
            "storage.googleapis.com": inviting(storage),
            "-aiplatform.googleapis.com": vertex,
            "failing.googleapis.com": failing,
            "cutting.googleapis.com": cutting,
            "breaking.googleapis.com": breaking,
            "endless.googleapis.com": endless,
        }
    )
    with LoopThread().running() as thread:

        async def start() -> tuple[web.Server, asyncio.Server]:
            server = dispatcher.server(**terms)
            return server, await thread.loop.create_server(server, "127.0.0.1", 0)

        server, listening = thread.run(start())
        yield listening.sockets[0].getsockname()[1], server

        async def stop() -> None:
            listening.close()
            await server.shutdown(1)

        thread.run(stop())


@pytest.fixture
def port() -> Iterator[int]:
    with served() as (port, _):
        yield port


def post(port: int, host: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/v1/x", body, headers={"Host": host} | headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("storage.googleapis.com", b"storage 0"),
        ("Storage.googleapis.com:443", b"storage 0"),
        ("europe-west4-aiplatform.googleapis.com", b"vertex"),
    ],
)
def test_the_host_decides_who_answers(port: int, host: str, answer: bytes) -> None:
    assert post(port, host) == (200, answer)


def test_a_host_without_a_service_is_named(port: int) -> None:
    status, body = post(port, "cloudresourcemanager.googleapis.com")

    assert status == 501
    error = json.loads(body)["error"]
    assert (error["code"], error["status"]) == (501, "UNIMPLEMENTED")
    assert "cloudresourcemanager.googleapis.com" in error["message"]


def test_a_service_that_fails_answers_500_and_keeps_why_to_itself(port: int) -> None:
    status, body = post(port, "failing.googleapis.com")

    assert status == 500
    assert json.loads(body)["error"]["status"] == "INTERNAL"
    assert b"secret" not in body


def test_a_connection_is_logged_that_breaks_and_not_one_that_a_fault_cuts(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ConnectionError):
        post(port, "cutting.googleapis.com")
    assert caplog.records == []

    post(port, "breaking.googleapis.com")
    assert "nobody meant that" in caplog.text


def test_a_client_that_hangs_up_is_not_logged(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: endless.googleapis.com\r\n\r\n")
        assert client.recv(4096)

    assert _LEFT.wait(10)
    # Whoever is answered is so after everything was said of the one before.
    post(port, "storage.googleapis.com")
    assert caplog.records == []


def test_a_body_arrives_as_it_was_sent(port: int) -> None:
    body = gzip.compress(b"x" * 1000) + b"y" * 2_000_000

    assert post(
        port, "storage.googleapis.com", body, **{"Content-Encoding": "gzip"}
    ) == (200, f"storage {len(body)}".encode())


def test_a_body_that_is_too_large_is_an_error_in_googles_shape(port: int) -> None:
    status, body = post(port, "storage.googleapis.com", bytes(64 * 1024 * 1024 + 1))

    error = json.loads(body)["error"]
    assert (status, error["code"], error["status"]) == (413, 413, "INVALID_ARGUMENT")
    assert error["message"] == "Request payload size exceeds the limit: 67108864 bytes."


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(
            b"POST /v1/x HTTP/1.1\r\nHost: storage.googleapis.com\r\n"
            b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        )
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        assert b"storage 5" in client.recv(4096)


_HALF = b"POST /v1/x HTTP/1.1\r\nHost: storage.googleapis.com\r\nConte"
_REST = b"nt-Length: 5\r\n\r\n"


@pytest.mark.parametrize(
    "before",
    [b"", _HALF, _HALF + _REST + b"hello" + _HALF],
    ids=["nothing", "half a first", "half a second"],
)
def test_a_connection_whose_request_never_begins_or_stays_half_is_dropped(
    before: bytes,
) -> None:
    with (
        served(idle_seconds=0.2) as (port, _),
        socket.create_connection(("127.0.0.1", port), 10) as client,
    ):
        client.sendall(before)
        while client.recv(4096):
            pass


def test_a_head_that_comes_byte_by_byte_is_not_waited_for_longer() -> None:
    with (
        served(idle_seconds=0.3) as (port, _),
        socket.create_connection(("127.0.0.1", port), 10) as client,
    ):
        client.sendall(_HALF)
        client.settimeout(0.05)
        for _ in range(100):
            try:
                client.sendall(b"x")
                assert client.recv(4096) == b""
                return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        pytest.fail("the connection is still open")


def test_a_body_may_take_longer_than_a_head() -> None:
    with (
        served(idle_seconds=0.2) as (port, _),
        socket.create_connection(("127.0.0.1", port), 10) as client,
    ):
        client.sendall(_HALF + _REST)
        time.sleep(0.6)
        client.sendall(b"hello")
        assert b"storage 5" in client.recv(4096)


def test_nobody_waits_an_hour_for_a_head() -> None:
    with (
        served() as (port, server),
        socket.create_connection(("127.0.0.1", port), 10) as client,
    ):
        client.sendall(_HALF + _REST + b"hello")
        assert b"storage 5" in client.recv(4096)
        assert [each.keepalive_timeout for each in server.connections] == [75]
