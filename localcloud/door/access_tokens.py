"""
Access tokens: the name of an account and the moment at which they end, unsigned.

Behind the door a token means nothing more than a name.
"""

import base64
import binascii
import json
import time
from dataclasses import dataclass
from typing import Any

LIFETIME_SECONDS = 3599

_PREFIX = "ya29.local."


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
        claims = claims_of(token)
    email, expires = claims.get("email", claims.get("iss")), claims.get("exp")
    if isinstance(email, str) and isinstance(expires, int | float):
        return AccessToken(email=email, expires=expires)
    raise UnknownTokenError(f"{len(token)} characters that are no token made here")


def claims_of(token: str) -> dict[str, Any]:
    """
    What a JSON Web Token (RFC 7519) says, whoever signed it; nothing if it is none.
    """
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
