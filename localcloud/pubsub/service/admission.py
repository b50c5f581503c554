"""
Who is let in: a token that is good, and a project that is there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.pubsub.refusals import bad_token, no_project, unauthenticated
from localcloud.pubsub.wire import Request

# The fields that name what a request is about.
_NAMES = (
    *("subscription", "name", "topic", "snapshot", "schema", "resource"),
    *("project", "parent"),
)


def _anything(name: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """
    What every call is asked before it is answered. By default any token will do, and
    every project is there.
    """

    token_is_good: Callable[[str], bool] = _anything
    has_project: Callable[[str], bool] = _anything

    def check_token(self, method: str, authorization: str | None) -> None:
        """
        UNAUTHENTICATED without a bearer token, or with one that is not good (any more).
        """
        kind, _, token = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise unauthenticated(method)
        if not self.token_is_good(token.strip()):
            raise bad_token(method)

    def check_project(self, request: Request) -> None:
        """
        NOT_FOUND if what the request is about is in a project that is not there.
        """
        kind, _, rest = resource_of(request).partition("/")
        project = rest.partition("/")[0]
        if kind == "projects" and project and not self.has_project(project):
            raise no_project(project)


def resource_of(request: Request) -> str:
    """
    The name of what a request is about, the nearest that it gives.
    """
    for field in _NAMES:
        found: Any = getattr(request, field, "")
        # An update's is the resource itself.
        name = getattr(found, "name", found)
        if name:
            return str(name)
    return ""
