"""
The leash: process groups that don't outlive the process that started them.

Linux has a signal for a parent's death, which needs ctypes and is lost at each fork;
macOS has none. A pipe that breaks works on both: a tiny process holds its far end,
and when the near end's only owner is gone, even by SIGKILL, it kills what it was told
to. A command is not begun before that process knows of it.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Reads one line, and begins the command only if there was one: were the owner killed
# before it could say whom to watch, nothing would have begun.
_BEGIN_WHEN_TOLD = 'read -r _ && exec "$@" </dev/null'

_WATCHER = """
import os, signal, sys
groups = set()
for line in sys.stdin:
    word, group = line.split()
    (groups.add if word == "watch" else groups.discard)(int(group))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leashed:
    """
    A command that was started, and what it prints.
    """

    process: asyncio.subprocess.Process
    output: asyncio.StreamReader


class Leash:
    """
    Starts commands, each in a process group of its own, that end when this process
    does.
    """

    def __init__(self) -> None:
        self._watcher: subprocess.Popen[bytes] | None = None
        self._groups: set[int] = set()

    async def start(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path
    ) -> Leashed:
        """
        Start a command; its output is what it prints, errors included.
        """
        # A pipe of our own: asyncio's would keep `wait` from returning until every
        # process that inherited it had ended as well.
        read, write = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *("/bin/sh", "-c", _BEGIN_WHEN_TOLD, "sh", *command),
                stdin=asyncio.subprocess.PIPE,
                stdout=write,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                start_new_session=True,
            )
        except BaseException:
            os.close(read)
            raise
        finally:
            os.close(write)
        self._groups.add(process.pid)
        self._tell("watch", process.pid)
        assert process.stdin is not None
        process.stdin.write(b"begin\n")
        process.stdin.close()
        return Leashed(process=process, output=await _reader(read))

    async def stop(
        self, process: asyncio.subprocess.Process, *, grace_seconds: float
    ) -> None:
        """
        End a command's whole group: SIGTERM to its leader, SIGKILL to what is left.
        """
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), grace_seconds)
        await self.end(process)

    async def end(self, process: asyncio.subprocess.Process) -> None:
        """
        Kill what is left of a command's group, now.
        """
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        self._groups.discard(process.pid)
        self._tell("forget", process.pid)

    def close(self) -> None:
        """
        Let the watcher go; it kills what it still watches.
        """
        if self._watcher is not None and self._watcher.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watcher.stdin.close()
            self._watcher.wait(timeout=10)
            self._watcher = None

    def _tell(self, word: str, group: int) -> None:
        lines = f"{word} {group}\n"
        if self._watcher is None or self._watcher.poll() is not None:
            self._watcher = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _WATCHER],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            lines = "".join(f"watch {group}\n" for group in self._groups)
        assert self._watcher.stdin is not None
        self._watcher.stdin.write(lines.encode())
        self._watcher.stdin.flush()


async def _reader(descriptor: int) -> asyncio.StreamReader:
    output = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(descriptor, "rb")
    )
    return output
