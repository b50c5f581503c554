"""
Who calls, and which projects there are: what every service asks before it answers.
"""

import time
from collections.abc import Callable, Iterable

from localcloud.door.tokens import UnknownTokenError, read_token
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.names import project_number

# Google's front end says this for every API.
INVALID_CREDENTIALS = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, "
    "login cookie or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class Callers:
    """
    The tokens that are good now, and the projects of this local cloud.

    A project is known by its id and by its number.
    """

    def __init__(
        self, projects: Iterable[str], *, now: Callable[[], float] = time.time
    ) -> None:
        ids = list(projects)
        self._projects = {*ids, *map(project_number, ids)}
        self._now = now

    def token_is_good(self, token: str) -> bool:
        """
        Whether an access token was made here and has not ended.
        """
        try:
            return read_token(token).expires > self._now()
        except UnknownTokenError:
            return False

    def has_project(self, project: str) -> bool:
        """
        Whether there is such a project.
        """
        return project in self._projects

    def may_call_vertex(
        self, authorization: str | None, permission: str, resource: str
    ) -> bool:
        """
        Whether the bearer may do this to a resource, `projects/P/locations/L/…`.

        Raises ApiError if the token is not good.
        """
        token = (authorization or "").partition(" ")[2].strip()
        # Whether there has to be one, the simulator decides.
        if authorization is not None and not self.token_is_good(token):
            raise ApiError(
                Code.UNAUTHENTICATED, INVALID_CREDENTIALS, [self._reason(token)]
            )
        return self.has_project(resource.split("/")[1])

    def _reason(self, token: str) -> dict[str, object]:
        # https://cloud.google.com/apis/design/errors#error_info
        try:
            read_token(token)
            reason = "ACCESS_TOKEN_EXPIRED"
        except UnknownTokenError:
            reason = "ACCESS_TOKEN_TYPE_UNSUPPORTED"
        return {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "googleapis.com",
            "metadata": {"service": "aiplatform.googleapis.com"},
        }
