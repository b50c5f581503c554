"""
What Google's front end says for every API, before a service is asked at all.
"""

from typing import Any

_EXPECTED = (
    "Expected OAuth 2 access token, login cookie or other valid authentication "
    "credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)
MISSING_CREDENTIALS = (
    f"Request is missing required authentication credential. {_EXPECTED}"
)
INVALID_CREDENTIALS = f"Request had invalid authentication credentials. {_EXPECTED}"


def credentials_info(reason: str, service: str, *, method: str = "") -> dict[str, Any]:
    """
    The detail that says what is wrong with a token, by google.api.ErrorReason.
    """
    named = {"method": method} if method else {}
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {**named, "service": service},
    }
