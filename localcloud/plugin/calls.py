"""
JSON calls to a local cloud, made with nothing but the standard library.
"""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

_SECONDS = 30.0
_PASSING = (429, 500, 503)
_TRIES = 40
_PAUSE_SECONDS = 0.1
# Before its end a token is renewed: longer than a call is tried again.
_EARLY_SECONDS = 300.0


class CallError(RuntimeError):
    """
    The local cloud refused a call; `status` says how, the message why.
    """

    def __init__(self, status: int, what: str, content: bytes) -> None:
        super().__init__(f"{what}: {status} {_message(content)}")
        self.status = status


class DoorCalls:
    """
    Calls of Google's services through a door, with a token from there.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        door = urlsplit(variables["HTTPS_PROXY"])
        assert door.hostname is not None
        self._door = (door.hostname, door.port)
        self._context = ssl.create_default_context(cafile=variables["SSL_CERT_FILE"])
        self._now = now
        self._token = ""
        self._good_until = 0.0

    def call(
        self, method: str, host: str, path: str, body: Any = None, **query: Any
    ) -> Any:
        """
        The answer to one request; what may pass is tried again for a few seconds.
        """
        if not self._token or self._now() >= self._good_until:
            grant = {"grant_type": "local"}
            path_of_token = f"/token?{urlencode(grant)}"
            told = self._once("POST", "oauth2.googleapis.com", path_of_token, {}, {})
            self._token = told["access_token"]
            self._good_until = self._now() + told["expires_in"] - _EARLY_SECONDS
        if query:
            path = f"{path}?{urlencode(query)}"
        headers = {"Authorization": f"Bearer {self._token}"}
        for _ in range(_TRIES):
            try:
                return self._once(method, host, path, body, headers)
            except CallError as error:
                if error.status not in _PASSING:
                    raise
                passing = error
            time.sleep(_PAUSE_SECONDS)
        raise passing

    def pages(self, host: str, path: str, name: str, **query: Any) -> Iterator[Any]:
        """
        All that a list has, page by page.
        """
        token = ""
        while True:
            more = {"pageToken": token} if token else {}
            told = self.call("GET", host, path, **query, **more)
            yield from told.get(name, ())
            token = told.get("nextPageToken", "")
            if not token:
                return

    def _once(
        self, method: str, host: str, path: str, body: Any, headers: Mapping[str, str]
    ) -> Any:
        connection = http.client.HTTPSConnection(
            *self._door, context=self._context, timeout=_SECONDS
        )
        connection.set_tunnel(host, 443)
        return _answer(connection, method, path, body, headers)


def admin_call(url: str, method: str, path: str, body: Any = None) -> Any:
    """
    The answer of a local cloud's own loopback address.
    """
    address = urlsplit(url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(
        address.hostname, address.port, timeout=_SECONDS
    )
    return _answer(connection, method, path, body, {})


def _answer(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: Any,
    headers: Mapping[str, str],
) -> Any:
    content = None if body is None else json.dumps(body).encode()
    try:
        connection.request(
            method,
            path,
            body=content,
            headers={**headers, "Content-Type": "application/json"},
        )
        response = connection.getresponse()
        told = response.read()
    finally:
        connection.close()
    if response.status >= 300:
        raise CallError(response.status, f"{method} {path}", told)
    return json.loads(told) if told else {}


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return content[:500].decode("utf-8", "replace")
