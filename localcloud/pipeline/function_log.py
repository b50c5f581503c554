"""
What a function prints, kept in a file of its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

_CHUNK = 64 * 1024
_MAX_LINE = 256 * 1024
_TAIL_LINES = 20
_MAX_FILE = 32 * 1024 * 1024

Listener = Callable[[str, str], None]


class FunctionLog:
    """
    One function's log: a file, the last lines, and whoever listens.

    A file that is already long when a run begins is put aside as `.1`.
    """

    def __init__(self, name: str, folder: Path, listener: Listener | None) -> None:
        self.path = folder / f"{name}.log"
        self._name = name
        self._listener = listener
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        folder.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size > _MAX_FILE:
            self.path.replace(self.path.with_suffix(".log.1"))

    @property
    def tail(self) -> str:
        """The last lines printed."""
        return "\n".join(self._tail)

    async def take(self, stream: asyncio.StreamReader) -> None:
        """
        Keep what a process prints until it prints no more.
        """
        rest = b""
        with self.path.open("ab", buffering=0) as file:
            while chunk := await stream.read(_CHUNK):
                file.write(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > _MAX_LINE:
                    lines, rest = [*lines, rest], b""
                for line in lines:
                    self._line(line)
        if rest:
            self._line(rest)

    def _line(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        self._tail.append(text)
        if self._listener:
            self._listener(self._name, text)
