"""
The token service: whoever asks gets one.

A client of Google authenticates before it does anything else; behind the door that
must work, and means nothing more than a name that a service can read.
"""

import json
from urllib.parse import parse_qs

from aiohttp import web

from localcloud.door.access_tokens import LIFETIME_SECONDS, claims_of, token_for
from localcloud.door.google_errors import google_error
from localcloud.door.identity import IdentityTokens

_ANYBODY = "somebody@local.invalid"
_MAX_BODY = 256 * 1024


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
        claims = claims_of(fields.get("assertion", ""))
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
