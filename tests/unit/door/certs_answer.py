"""
google-auth's transport for tests of tokens: an answer, and one for public keys alone.
"""

import json
from collections.abc import Mapping
from typing import Any

from google.auth.transport import Response

from localcloud.door.identity import IdentityTokens


class Answered(Response):
    def __init__(self, status: int, data: bytes) -> None:
        self._status, self._data = status, data

    @property
    def status(self) -> int:
        return self._status

    @property
    def data(self) -> bytes:
        return self._data

    @property
    def headers(self) -> Mapping[str, str]:
        return {}


class CertsAnswer:
    """
    Shows whose certificates lie at which address.
    """

    def __init__(self, served: Mapping[str, IdentityTokens]) -> None:
        self._served = served

    def __call__(self, url: str, method: str = "GET", **kwargs: Any) -> Answered:
        return Answered(200, json.dumps(self._served[url].certificates()).encode())
