"""
Everybody may do everything: for tests that are about something else.
"""

from localcloud.grants import NO_GRANTS
from localcloud.permits import Permits


def owners() -> Permits:
    """
    Nobody is held to anything.
    """
    return Permits(NO_GRANTS)


def any_token(_: str) -> str:
    """
    No token is bad.
    """
    return ""


def allow_all(authorization: str | None, permission: str, resource: str) -> bool:
    """
    Vertex AI's question, answered without a look at the bearer.
    """
    return True
