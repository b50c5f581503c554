"""
Who gets past the front of a function, and what arrives behind it.
"""

import asyncio
import io
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from google.auth import jwt

from localcloud.door.identity import IdentityTokens
from localcloud.grants import Grants, Right, service
from localcloud.permits import Permits
from localcloud.pipeline.front import INVOKE, Front
from tests.unit.pipeline.conftest import Receiver, until, within_limit

SERVICE = "dropbatch-submit-job"
TRIGGER = "dropbatch-trigger@p.iam.gserviceaccount.com"
OTHER = "dropbatch-scheduler@p.iam.gserviceaccount.com"
OWNER = "developer@p.iam.gserviceaccount.com"
GRANTS = Grants(
    accounts=frozenset({TRIGGER, OTHER}),
    rights=frozenset({Right(TRIGGER, INVOKE, service(SERVICE))}),
)


@asynccontextmanager
async def front(
    receiver: Receiver, identity: IdentityTokens
) -> AsyncIterator[tuple[Front, str]]:
    made = Front(receiver, service=SERVICE, identity=identity, permits=Permits(GRANTS))
    await made.start()
    try:
        async with receiver.serving():
            assert made.url
            yield made, made.url
        assert made.url is None
    finally:
        await made.stop()


async def post(
    url: str,
    headers: Mapping[str, str],
    data: bytes | io.BytesIO = b"{}",
    method: str = "POST",
) -> tuple[int, str, Mapping[str, str]]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=data, headers=headers) as answer,
    ):
        return answer.status, await answer.text(), answer.headers


def _claims(url: str, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "https://accounts.google.com",
        "aud": url,
        "email": TRIGGER,
        "email_verified": True,
        "iat": now - 60,
        "exp": now + 60,
        **changes,
    }


def _signed(identity: IdentityTokens, claims: Mapping[str, Any]) -> str:
    signed: bytes = jwt.encode(identity._signer, claims)  # type: ignore[no-untyped-call] # google-auth's
    return signed.decode()


# Within the limit of a header, and deeper than Python follows.
DEEP = urlsafe_b64encode(b"[" * 5_400).decode()
FORBIDDEN = "Your client does not have permission to get URL <code>/x</code>"
UNVERIFIED = "Your client does not have permission to the requested URL <code>/x</code>"


def test_nobody_else_reaches_the_function(tmp_path: Path) -> None:
    """
    Cloud Run's own answers: 403 to a caller without a token or without the right, 401
    to a token that can't be verified.
    """
    identity = IdentityTokens(tmp_path / "ours")
    foreign = IdentityTokens(tmp_path / "foreign")

    async def test() -> None:
        receiver = Receiver()
        async with front(receiver, identity) as (_, url):
            good = identity.token(TRIGGER, url)
            head, body, _ = good.split(".")
            old = int(time.time()) - 7200
            wrong: dict[str, tuple[str | None, int]] = {
                "none": (None, 403),
                "basic": ("Basic abc", 403),
                "empty": ("Bearer ", 403),
                "another account's": (f"Bearer {identity.token(OTHER, url)}", 403),
                "no token": ("Bearer abc", 401),
                "no JWT": ("Bearer a.b.c", 401),
                "too deep": (f"Bearer {DEEP}.e30.e30", 401),
                "unsigned": (f"Bearer {head}.{body}.", 401),
                "forged": (f"Bearer {foreign.token(TRIGGER, url)}", 401),
                "for elsewhere": (
                    f"Bearer {identity.token(TRIGGER, 'http://127.0.0.1:1/')}",
                    401,
                ),
                "over": (
                    f"Bearer {_signed(identity, _claims(url, iat=old, exp=old + 60))}",
                    401,
                ),
                "not Google's": (
                    f"Bearer {_signed(identity, _claims(url, iss='https://x'))}",
                    401,
                ),
                "not verified": (
                    f"Bearer {_signed(identity, _claims(url, email_verified=False))}",
                    401,
                ),
                "nobody's": (f"Bearer {_signed(identity, _claims(url, email=7))}", 401),
            }
            for name, (authorization, expected) in wrong.items():
                headers = (
                    {} if authorization is None else {"Authorization": authorization}
                )
                status, text, told = await post(f"{url}x", headers)
                assert status == expected, name
                assert (FORBIDDEN if expected == 403 else UNVERIFIED) in text, name
                assert ("WWW-Authenticate" in told) == (expected == 401), name
            assert receiver.calls == []

    within_limit(test())


@pytest.mark.parametrize("account", [TRIGGER, OWNER])
def test_who_may_gets_the_request_through_unchanged(
    tmp_path: Path, account: str
) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        receiver = Receiver()
        async with front(receiver, identity) as (_, url):
            for audience in (url, url.rstrip("/")):
                token = f"Bearer {identity.token(account, audience)}"
                status, _, _ = await post(
                    f"{url}a%2Fb?c=d%20e",
                    {
                        "Authorization": token,
                        "ce-id": "1",
                        "Content-Type": "application/cloudevents+json",
                        "User-Agent": "a sender",
                    },
                    b"\x00\xff" * 500_000,
                )
                assert status == 200
        call = receiver.calls[0]
        assert call.body == b"\x00\xff" * 500_000
        assert call.headers["ce-id"] == "1"
        assert call.headers["user-agent"] == "a sender"
        assert call.headers["content-type"] == "application/cloudevents+json"
        assert call.headers["authorization"] == f"Bearer {identity.token(account, url)}"
        assert "accept-encoding" in call.headers  # the sender's, not the front's
        assert receiver.paths == ["/a%2Fb?c=d%20e"] * 2

    within_limit(test())


def test_another_header_can_hold_the_token(tmp_path: Path) -> None:
    identity = IdentityTokens(tmp_path)

    async def test() -> None:
        async with front(receiver := Receiver(), identity) as (_, url):
            headers = {
                "Authorization": "Bearer the function's own business",
                "X-Serverless-Authorization": f"Bearer {identity.token(TRIGGER, url)}",
            }
            assert (await post(url, headers))[0] == 200
            assert len(receiver.calls) == 1

    within_limit(test())


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
