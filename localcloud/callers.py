"""
Who calls, and which projects there are: what every service asks before it answers.
"""

import time
from collections.abc import Callable, Iterable

from localcloud import grants
from localcloud.door.access_tokens import UnknownTokenError, read_token
from localcloud.google_words import INVALID_CREDENTIALS, credentials_info
from localcloud.permits import Permits, account_of
from localcloud.projects import project_number
from localcloud.vertex.api.errors import ApiError, Code


class Callers:
    """
    The tokens that are good now, the projects of this local cloud, and who may do what.

    A project is known by its id and by its number.
    """

    def __init__(
        self,
        projects: Iterable[str],
        *,
        permits: Permits,
        now: Callable[[], float] = time.time,
    ) -> None:
        ids = list(projects)
        self._ids = {project_number(each): each for each in ids}
        self._ids |= {each: each for each in ids}
        self._now = now
        self._permits = permits

    def token_fault(self, token: str) -> str:
        """
        What is wrong with an access token, as a google.api.ErrorReason; empty if it
        was made here and has not ended.
        """
        try:
            ended = read_token(token).expires <= self._now()
        except UnknownTokenError:
            return "ACCESS_TOKEN_TYPE_UNSUPPORTED"
        return "ACCESS_TOKEN_EXPIRED" if ended else ""

    def has_project(self, project: str) -> bool:
        """
        Whether there is such a project.
        """
        return project in self._ids

    def may_call_vertex(
        self, authorization: str | None, permission: str, resource: str
    ) -> bool:
        """
        Whether the bearer may do this to a resource, `projects/P/locations/L/…`.

        Raises ApiError if the token is not good.
        """
        token = (authorization or "").partition(" ")[2].strip()
        # Whether there has to be one, the simulator decides.
        fault = "" if authorization is None else self.token_fault(token)
        if fault:
            info = credentials_info(fault, "aiplatform.googleapis.com")
            raise ApiError(Code.UNAUTHENTICATED, INVALID_CREDENTIALS, [info])
        project = self._ids.get(resource.split("/")[1])
        # Jobs have no policies of their own: it is the project that is asked about.
        return project is not None and self._permits.may(
            account_of(authorization), permission, grants.project(project)
        )
