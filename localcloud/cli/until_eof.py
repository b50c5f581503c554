"""
The end of standard input: that of whoever started this, if it is a pipe.
"""

import asyncio
import os
import stat
from collections.abc import Callable
from typing import IO


def may_end(stream: IO[str] | None) -> bool:
    """
    Whether its end can be waited for: a file is all there from the start.
    """
    if stream is None:
        return False
    kind = os.fstat(stream.fileno()).st_mode
    return stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or stream.isatty()


async def watch(stream: IO[str], then: Callable[[], None]) -> None:
    """
    Call `then` once the stream ends; one whose end can be waited for.
    """
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: _UntilEof(then), stream)


class _UntilEof(asyncio.Protocol):
    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then

    def connection_lost(self, exc: Exception | None) -> None:
        self._then()
