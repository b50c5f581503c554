"""
Pub/Sub over HTTP, as a program without a library calls it.
"""

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import Any

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    A status and the JSON that came with it.
    """

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.body["error"]
        assert error["code"] == self.status
        return error


class RestCaller:
    """
    One request a connection, each with a token unless it is told otherwise.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(
        self,
        verb: str,
        path: str,
        body: object = None,
        *,
        token: str | None = "Bearer token",  # noqa: S107 # any token will do
    ) -> Answer:
        headers = {"Host": "pubsub.googleapis.com"}
        if token is not None:
            headers["Authorization"] = token
        sent = body if isinstance(body, bytes) or body is None else _json(body)
        if sent is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT_SECONDS)
        with closing(connection):
            connection.request(verb, f"/v1/{path}", sent, headers)
            answer = connection.getresponse()
            return Answer(
                status=answer.status,
                body=json.loads(answer.read()),
                headers=dict(answer.headers),
            )


def _json(body: object) -> bytes:
    return json.dumps(body).encode()
