"""
Rows to be answered, and what comes of them.
"""

import asyncio
from typing import Any

from localcloud.vertex.answers.answer import Asked
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.responders.concurrent import Concurrent
from localcloud.vertex.responders.openai.responder import ChatResponder

Json = dict[str, Any]

MODEL = "publishers/google/models/gemini-2.5-flash"
NOW = "2026-11-25T12:00:00.000000Z"


class Files:
    """
    Objects by their gs:// names.
    """

    def __init__(self, **objects: bytes) -> None:
        self.objects = objects

    def size(self, uri: str) -> int:
        return len(self.content(uri))

    def content(self, uri: str) -> bytes:
        name = uri.rpartition("/")[2].partition(".")[0]
        if name not in self.objects:
            raise RowError(f"Cannot fetch content from the provided URL {uri}.")
        return self.objects[name]


def asked(request: Json, *, key: Any = None, files: Files | None = None) -> Asked:
    return Asked(
        request=request,
        model=MODEL,
        media=files or Files(),
        create_time=NOW,
        key=key,
    )


def turn(*parts: Json, role: str = "user") -> Json:
    return {"role": role, "parts": list(parts)}


def saying(text: str, **more: Any) -> Json:
    """
    A request that says a text.
    """
    return {"contents": [turn({"text": text})], **more}


def answer_of(responder: Concurrent, ask: Asked, seconds: float = 20) -> Json:
    return responder.begin(ask).result(seconds)


def text_of(response: Json) -> str:
    (candidate,) = response["candidates"]
    (part,) = candidate["content"]["parts"]
    text: str = part["text"]
    return text


def end(responder: ChatResponder) -> None:
    """
    End what ends with the worker's process otherwise; nothing may be in the air.
    """
    loop, session = responder._loop, responder._client._session
    if session is not None:
        asyncio.run_coroutine_threadsafe(session.close(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    responder._thread.join()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
