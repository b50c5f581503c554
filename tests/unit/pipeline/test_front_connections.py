"""
What comes to a front as bytes: bodies that are late, too long or cut off, targets that
are no path, and a function that is gone.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from localcloud.door.identity import IdentityTokens
from tests.unit.pipeline.conftest import Receiver, until, within_limit
from tests.unit.pipeline.fronted import OTHER, TRIGGER, front, post


@asynccontextmanager
async def connection(
    url: str,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = int(url.rstrip("/").rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


def test_who_may_call_is_asked_for_its_body_and_nobody_else(tmp_path: Path) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        async with front(receiver := Receiver(), identity) as (_, url):
            head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            for account, status in ((OTHER, b"403"), (TRIGGER, b"100")):
                token = identity.token(account, url)
                async with connection(url) as (reader, writer):
                    writer.write(
                        f"{head}Expect: 100-continue\r\n"
                        f"Authorization: Bearer {token}\r\n\r\n".encode()
                    )
                    assert (await reader.readline()).split()[1] == status
                    if account == TRIGGER:
                        assert await reader.readline() == b"\r\n"
                        writer.write(b"{}")
                        assert b" 200 " in await reader.readline()
            assert [call.body for call in receiver.calls] == [b"{}"]
            assert "expect" not in receiver.calls[0].headers

    within_limit(test())


@pytest.mark.parametrize(
    "target", ["OPTIONS *", "POST http://elsewhere.example/", "CONNECT a.example:443"]
)
def test_what_names_no_path_goes_nowhere(tmp_path: Path, target: str) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        async with front(receiver := Receiver(), identity) as (_, url):
            token = identity.token(TRIGGER, url)
            async with connection(url) as (reader, writer):
                writer.write(
                    f"{target} HTTP/1.1\r\nHost: x\r\n"
                    f"Authorization: Bearer {token}\r\n\r\n".encode()
                )
                assert b" 400 " in await reader.readline()
            assert receiver.calls == []

    within_limit(test())


def test_what_is_about_one_connection_is_not_passed_on(tmp_path: Path) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        async with front(receiver := Receiver(), identity) as (_, url):
            token = identity.token(TRIGGER, url)
            async with connection(url) as (reader, writer):
                writer.write(
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                    f"Authorization: Bearer {token}\r\n"
                    "Connection: X-Hop,keep-alive\r\nConnection:  x-other \r\n"
                    "X-Hop: 1\r\nX-Other: 2\r\nX-End: 3\r\nKeep-Alive: timeout=5\r\n"
                    "Proxy-Authorization: Basic abc\r\nProxy-Connection: close\r\n"
                    "\r\n{}".encode()
                )
                assert b" 200 " in await reader.readline()
            seen = receiver.calls[0].headers
            assert seen["x-end"] == "3"
            assert not {name for name in seen if name.startswith("proxy-")}
            assert not {"x-hop", "x-other", "keep-alive"} & set(seen)

    within_limit(test())


def test_more_than_cloud_run_takes_is_refused(tmp_path: Path) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        async with front(receiver := Receiver(), identity) as (_, url):
            headers = {"Authorization": f"Bearer {identity.token(TRIGGER, url)}"}
            body = io.BytesIO(b"x" * (32 * 1024 * 1024 + 1))
            assert (await post(url, headers, body))[0] == 413
            assert receiver.calls == []

    within_limit(test())


def test_whoever_leaves_early_calls_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        async with front(receiver := Receiver(), identity) as (made, url):
            token = identity.token(TRIGGER, url)
            async with connection(url) as (_, writer):
                writer.write(
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                    f"Authorization: Bearer {token}\r\n\r\n{{".encode()
                )
                await writer.drain()
                await until(lambda: made._server.connections)
            await until(lambda: not made._server.connections)
            assert receiver.calls == []
        assert caplog.text == ""

    within_limit(test())


def test_a_function_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        receiver = Receiver()
        async with front(receiver, identity) as (_, url):
            headers = {"Authorization": f"Bearer {identity.token(TRIGGER, url)}"}
            there = receiver.url
            for gone in ("http://127.0.0.1:1/", None):
                receiver.url = gone
                status, text, _ = await post(url, headers)
                assert (status, "not available yet" in text) == (503, True)
            receiver.url = there

    within_limit(test())
