import asyncio
import gzip
import http.client
import json
import socket
from collections.abc import Iterator

import pytest
from aiohttp import web

from localcloud.door.dispatch import Dispatcher, inviting
from tests.loop_thread import LoopThread


async def failing(request: web.BaseRequest) -> web.StreamResponse:
    raise RuntimeError("a secret")


def named(name: str) -> web.Response:
    return web.Response(text=name)


async def storage(request: web.BaseRequest) -> web.StreamResponse:
    return named(f"storage {len(await request.read())}")


async def vertex(request: web.BaseRequest) -> web.StreamResponse:
    return named("vertex")


@pytest.fixture
def port() -> Iterator[int]:
    dispatcher = Dispatcher(
        {
            "storage.googleapis.com": inviting(storage),
            "-aiplatform.googleapis.com": vertex,
            "failing.googleapis.com": failing,
        }
    )
    with LoopThread().running() as thread:

        async def start() -> tuple[web.Server, asyncio.Server]:
            server = dispatcher.server()
            return server, await thread.loop.create_server(server, "127.0.0.1", 0)

        server, listening = thread.run(start())
        yield listening.sockets[0].getsockname()[1]

        async def stop() -> None:
            listening.close()
            await server.shutdown(1)

        thread.run(stop())


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
