"""
The worker process, as the control plane holds it.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

import localcloud
from localcloud.vertex.rows.orders import Order, Start, Told

_logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.5


class WorkerProcess:
    """
    One process for the rows of all jobs, started again if it dies.

    `on_told` hears what became of orders. A worker that had to be started again
    knows of none: `on_new` is called, and whoever holds the jobs repeats them.
    """

    def __init__(
        self,
        start: Start,
        *,
        on_told: Callable[[Told], None],
        on_new: Callable[[], None],
    ) -> None:
        self._start = start
        self._on_told = on_told
        self._on_new = on_new
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """
        Start the process; orders may be sent from now on.
        """
        self._stopping = False
        await self._spawn()
        self._watch = asyncio.create_task(self._keep(), name="vertex worker")

    def send(self, order: Order) -> None:
        """
        Give an order. If the worker is gone it is lost, and `on_new` follows.
        """
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.write(msgspec.json.encode(order) + b"\n")

    async def stop(self) -> None:
        """
        End the process: what it had in hand goes on when it is started again.
        """
        self._stopping = True
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), _PATIENCE_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None

    async def _spawn(self) -> None:
        root = str(Path(localcloud.__file__).parents[1])
        path = os.environ.get("PYTHONPATH")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "localcloud.vertex.rows.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ
            | {"PYTHONPATH": root if not path else f"{root}{os.pathsep}{path}"},
        )
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(self._start) + b"\n")

    async def _keep(self) -> None:
        """
        Listen to the process; when it dies unasked, start another.
        """
        while not self._stopping:
            process = self._process
            assert process is not None
            await self._listen(process)
            status = await process.wait()
            if self._stopping:
                return
            _logger.error("the Vertex worker ended with %s; starting another", status)
            # A worker that dies at once must not be started without pause.
            await asyncio.sleep(_PAUSE_SECONDS)
            if not self._stopping:
                await self._spawn()
                self._on_new()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        decode = msgspec.json.Decoder(Told).decode
        async for line in process.stdout:
            told = decode(line)
            try:
                self._on_told(told)
            except Exception:
                _logger.exception("what the worker told was not understood: %r", told)
