"""
The token service: whoever asks gets one.

A client of Google authenticates before it does anything else; behind the door that
must work and means nothing more than a name. The name is kept in the token, with the
moment the token ends, where a service can read which account calls.
"""

import base64
import binascii
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from localcloud.door.google_errors import google_error
from localcloud.door.identity import LIFETIME_SECONDS as LIFETIME_SECONDS
from localcloud.door.identity import IdentityTokens

_PREFIX = "ya29.local."
_ANYBODY = "somebody@local.invalid"
_MAX_BODY = 256 * 1024


class UnknownTokenError(ValueError):
    """
    The text is no access token of the local cloud.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """
    What an access token says: whose it is, and until when (seconds since 1970).
    """

    email: str
    expires: float


class TokenServer:
    """
    What oauth2.googleapis.com and its older name answer, as far as clients ask.
    """

    def __init__(self, identity: IdentityTokens) -> None:
        self._identity = identity

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        Answer a token request of any grant, and show the keys of identity tokens.
        """
        if request.method == "GET" and (keys := self._identity.answer(request.path)):
            return keys
        if request.method != "POST" or not request.path.endswith("/token"):
            return google_error(404, f"No {request.method} {request.path} here.")
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > _MAX_BODY:
                return google_error(400, "The token request is too long.")
        return web.json_response(self._grant(_fields(body, request.content_type)))

    def _grant(self, fields: dict[str, str]) -> dict[str, object]:
        claims = _claims(fields.get("assertion", ""))
        email = claims.get("iss")
        email = email if isinstance(email, str) else _ANYBODY
        audience = claims.get("target_audience")
        if isinstance(audience, str):
            return {"id_token": self._identity.token(email, audience)}
        scope = "https://www.googleapis.com/auth/cloud-platform"
        return {
            "access_token": token_for(email),
            "expires_in": LIFETIME_SECONDS,
            "token_type": "Bearer",
            "scope": fields.get("scope", scope),
        }


async def handle_iam_credentials(request: web.BaseRequest) -> web.StreamResponse:
    """
    Say that there are no boundaries to know of.

    google-auth asks for allowedLocations with every new credential and would repeat
    the question for a minute if the answer were a 5xx.
    """
    return google_error(404, f"Not found: {request.path}")


def token_for(email: str, lifetime_seconds: float = LIFETIME_SECONDS) -> str:
    """
    Make an access token that names the account, good for so long from now on.
    """
    claims = {"email": email, "exp": time.time() + lifetime_seconds}
    encoded = base64.urlsafe_b64encode(json.dumps(claims).encode())
    return _PREFIX + encoded.decode().rstrip("=")


def read_token(token: str) -> AccessToken:
    """
    Read what an access token says; raises UnknownTokenError if it isn't one of ours.

    A service account may sign one itself (https://google.aip.dev/auth/4111), as
    Google's gRPC clients do. Nobody checks the signature: there is nothing to win.
    """
    if token.startswith(_PREFIX):
        claims = _object(token.removeprefix(_PREFIX))
    else:
        claims = _claims(token)
    email, expires = claims.get("email", claims.get("iss")), claims.get("exp")
    if isinstance(email, str) and isinstance(expires, int | float):
        return AccessToken(email=email, expires=expires)
    raise UnknownTokenError(f"{len(token)} characters that are no token made here")


def _fields(body: bytearray, content_type: str) -> dict[str, str]:
    text = body.decode("utf-8", "replace")
    if content_type == "application/json":
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        pairs = parsed.items() if isinstance(parsed, dict) else ()
        return {str(name): str(value) for name, value in pairs}
    return {name: values[-1] for name, values in parse_qs(text).items()}


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    return _object(parts[1]) if len(parts) == 3 else {}


def _object(part: str) -> dict[str, Any]:
    try:
        read = json.loads(_decode(part))
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _decode(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""
