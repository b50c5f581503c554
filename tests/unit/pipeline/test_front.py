"""
Who gets past the front of a function, and what arrives behind it.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from google.auth import jwt

from localcloud.door.identity import IdentityTokens
from tests.unit.pipeline.conftest import Receiver, within_limit
from tests.unit.pipeline.fronted import OTHER, OWNER, TRIGGER, front, post


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
            token = identity.token(TRIGGER, url)
            headers = {
                "Authorization": "Bearer the function's own business",
                "X-Serverless-Authorization": f"Bearer {token}",
            }
            assert (await post(url, headers))[0] == 200
            assert len(receiver.calls) == 1
            seen = receiver.calls[0].headers
            assert seen["authorization"] == "Bearer the function's own business"
            # The function may read who calls, and can't call itself with it.
            head, body, _ = token.split(".")
            assert seen["x-serverless-authorization"] == (
                f"Bearer {head}.{body}.SIGNATURE_REMOVED_BY_GOOGLE"
            )
            again = {"Authorization": seen["x-serverless-authorization"]}
            assert (await post(url, again))[0] == 401

    within_limit(test())
