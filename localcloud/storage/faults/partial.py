"""
Bytes that come slowly, or not all of them: uploads on their way in, answers out.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from localcloud.faults.playing import CutConnectionError

# Ten pieces a second are smooth enough.
_PIECES_A_SECOND = 10


class Body:
    """
    A request's body, of which the beginning can be looked at before it is read.
    """

    def __init__(self, content: Any) -> None:
        self._content = content
        self._seen: list[bytes] = []
        self.cut_after_bytes: int | None = None
        self.bytes_per_second: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def beginning(self, until: bytes | None, limit: int = 1024 * 1024) -> bytes:
        """
        The first bytes, up to and with the second `until`; None: up to the end.
        """
        seen = bytearray()
        async for data in self._content.iter_any():
            self._seen.append(data)
            seen += data
            if len(seen) > limit or (until and seen.count(until) > 1):
                break
        return bytes(seen)

    async def iter_any(self) -> AsyncIterator[bytes]:
        """
        All of it, or as much as a fault lets through.
        """
        left = self.cut_after_bytes
        async for data in self._pieces():
            await _take_time(len(data), self.bytes_per_second)
            if left is not None and len(data) >= left:
                yield data[:left]
                raise CutConnectionError
            left = None if left is None else left - len(data)
            yield data

    async def _pieces(self) -> AsyncIterator[bytes]:
        while self._seen:
            yield self._seen.pop(0)
        async for data in self._content.iter_any():
            yield data


class Opened:
    """
    A request whose body is one of ours; everything else is the request's own.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self.content = Body(request.content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


def hold_back(
    writer: AbstractStreamWriter,
    *,
    cut_after_bytes: int | None,
    bytes_per_second: int | None,
) -> None:
    """
    Let an answer's body out slowly, or not to its end.
    """
    write, write_eof = writer.write, writer.write_eof
    left = cut_after_bytes

    async def some(data: bytes) -> None:
        nonlocal left
        cut = left is not None and len(data) >= left
        data = data[:left] if cut else data
        size = max((bytes_per_second or len(data)) // _PIECES_A_SECOND, 1)
        size = size if bytes_per_second else max(len(data), 1)
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            await _take_time(len(piece), bytes_per_second)
            await write(piece)
        if cut:
            # What was written reaches the client first.
            if writer.transport is not None:
                writer.transport.close()
            raise CutConnectionError
        left = None if left is None else left - len(data)

    async def last(data: bytes = b"") -> None:
        if data:
            await some(data)
        await write_eof()

    # The answer may be streamed or whole, and aiohttp has no other place where both
    # pass. The writer is one request's, so nothing else is held back.
    vars(writer).update(write=some, write_eof=last)


async def _take_time(size: int, bytes_per_second: int | None) -> None:
    if bytes_per_second is not None:
        await asyncio.sleep(size / bytes_per_second)
