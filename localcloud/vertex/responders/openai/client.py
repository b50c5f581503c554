"""
The way to an OpenAI-compatible server: one POST, and again where that may help.
"""

import asyncio
import json
import random
from typing import Any

import aiohttp

from localcloud.google_codes import HTTP_STATUS, Code
from localcloud.vertex.answers.fields import Json
from localcloud.vertex.answers.row_error import RowError

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 20.0
_MOST_BYTES = 64 << 20
_QUOTED = 1_000

_CODES = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    408: Code.DEADLINE_EXCEEDED,
    409: Code.ABORTED,
    413: Code.INVALID_ARGUMENT,
    422: Code.INVALID_ARGUMENT,
} | {
    HTTP_STATUS[code]: code
    for code in (
        *(Code.RESOURCE_EXHAUSTED, Code.UNIMPLEMENTED, Code.UNAVAILABLE),
        *(Code.DEADLINE_EXCEEDED, Code.INTERNAL),
    )
}


class _PassingError(Exception):
    """
    It may work the next time.
    """

    def __init__(self, error: RowError, after_seconds: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after_seconds = after_seconds


class ChatClient:
    """
    Asks the server below a base URL, and follows it nowhere else.

    429, 5xx and cut connections are tried again, `tries` times in all; all of a row's
    tries and pauses end within `seconds`.
    """

    def __init__(
        self, url: str, *, key: str | None, seconds: float, tries: int
    ) -> None:
        self._url = f"{url}/chat/completions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._seconds = seconds
        self._tries = tries
        self._session: aiohttp.ClientSession | None = None

    async def complete(self, request: Json) -> Any:
        """
        The server's answer, whatever JSON it is; a RowError if there is none.
        """
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._persistently(body)
        except TimeoutError as error:
            raise RowError(
                f"{self._url} has not answered within {self._seconds:g} s.",
                Code.DEADLINE_EXCEEDED,
            ) from error

    async def _persistently(self, body: bytes) -> Any:
        pause = _FIRST_PAUSE_SECONDS
        for again in range(self._tries - 1, -1, -1):
            try:
                return await self._once(body)
            except _PassingError as passing:
                if not again:
                    raise passing.error from passing
                wished = passing.after_seconds
            # Not all rows at the same moment, which was too many just now.
            wait = pause * random.uniform(0.5, 1) if wished is None else wished
            await asyncio.sleep(min(wait, _LONGEST_PAUSE_SECONDS))
            pause *= 2
        raise AssertionError("there is one try at least")

    async def _once(self, body: bytes) -> Any:
        try:
            async with self._opened().post(
                self._url,
                data=body,
                headers=self._headers | {"Content-Type": "application/json"},
                # Wherever it points to may be another machine.
                allow_redirects=False,
            ) as answer:
                content = await _content(answer)
        except (aiohttp.ClientError, OSError) as error:
            raise _PassingError(
                RowError(f"{self._url}: {_said(error)}", Code.UNAVAILABLE)
            ) from error
        if answer.status == 200:
            return self._parsed(content)
        raise self._refused(answer, content)

    def _parsed(self, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise RowError(
                f"{self._url} answered what is no JSON: {_quoted(content)}",
                Code.INTERNAL,
            ) from error

    def _refused(
        self, answer: aiohttp.ClientResponse, content: bytes
    ) -> RowError | _PassingError:
        status = answer.status
        known = _CODES.get(status)
        code = known or (Code.INTERNAL if status >= 500 else Code.UNKNOWN)
        error = RowError(f"{self._url} answered {status}: {_message(content)}", code)
        if status in (408, 429) or status >= 500:
            return _PassingError(error, _after_seconds(answer))
        return error

    def _opened(self) -> aiohttp.ClientSession:
        # Made in the loop that it is used in.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Whoever calls decides how many rows are asked at once.
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None),
                # No proxy: the server is on this machine.
                trust_env=False,
            )
        return self._session


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > _MOST_BYTES:
            raise RowError(f"An answer is larger than {_MOST_BYTES} bytes.")
    return bytes(content)


def _after_seconds(answer: aiohttp.ClientResponse) -> float | None:
    try:
        seconds = float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
    return seconds if seconds >= 0 else None


def _message(content: bytes) -> str:
    """
    The words of an error, as OpenAI's servers put them; else all that was said.
    """
    try:
        error = json.loads(content)["error"]
        return str(error["message"] if isinstance(error, dict) else error)[:_QUOTED]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _quoted(content)


def _quoted(content: bytes) -> str:
    return content[:_QUOTED].decode("utf-8", "replace") or "(nothing)"


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
