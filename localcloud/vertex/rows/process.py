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
from localcloud.vertex.responders.spec import SIMULATED, ResponderError
from localcloud.vertex.rows.orders import Order, Ready, Start, Told

_logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.5
_LONG_PAUSE_SECONDS = 5.0
# Deaths in a row, with no order done between them.
_HOPELESS_DEATHS = 5
_ENDED = "what was to answer rows ended the process that it was loaded into"


class WorkerProcess:
    """
    One process for the rows of all jobs, started again if it dies.

    `on_told` hears what became of orders. A worker that had to be started again
    knows of none: `on_new` is called, and whoever holds the jobs repeats them. If
    workers die again and again before anything becomes of an order, `on_hopeless` is
    called before: something that they are told to do kills them.
    """

    def __init__(
        self,
        start: Start,
        *,
        on_told: Callable[[Told], None],
        on_new: Callable[[], None],
        on_hopeless: Callable[[], None],
    ) -> None:
        self._start = start
        self._on_told = on_told
        self._on_new = on_new
        self._on_hopeless = on_hopeless
        self._deaths = 0
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False
        self._took_orders = False

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """
        Start the process; orders may be sent from now on.

        Raises a ResponderError if it has nothing to answer rows with.
        """
        self._stopping = False
        await self._spawn()
        # It takes a moment to come up, and only others' code can fail in it.
        if self._start.responder != SIMULATED.text:
            await self._ready()
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
        self._took_orders = False
        root = str(Path(localcloud.__file__).parents[1])
        path = os.environ.get("PYTHONPATH")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            # What lies in the folder that we are in is not to be taken for modules.
            "-P",
            "-m",
            "localcloud.vertex.rows.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ
            | {"PYTHONPATH": root if not path else f"{root}{os.pathsep}{path}"},
        )
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(self._start) + b"\n")

    async def _ready(self) -> None:
        """
        Wait until the process says that it takes orders.
        """
        process = self._process
        assert process is not None
        assert process.stdout is not None
        try:
            line = await process.stdout.readline()
            said = msgspec.json.decode(line, type=Ready).error if line else _ENDED
        except BaseException:
            process.kill()
            raise
        if said:
            self._process = None
            await process.wait()
            raise ResponderError(said)
        self._took_orders = True

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
            self._deaths += 1
            if self._deaths >= _HOPELESS_DEATHS:
                self._deaths = 0
                self._on_hopeless()
            # A worker that dies at once must not be started without pause.
            pause = _PAUSE_SECONDS if self._took_orders else _LONG_PAUSE_SECONDS
            await asyncio.sleep(pause)
            if not self._stopping:
                await self._spawn()
                self._on_new()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        decode = msgspec.json.Decoder(Ready | Told).decode
        async for line in process.stdout:
            told = decode(line)
            if isinstance(told, Ready):
                self._took_orders = not told.error
                if told.error:
                    _logger.error("the Vertex worker can't answer: %s", told.error)
                continue
            self._deaths = 0
            try:
                self._on_told(told)
            except Exception:
                _logger.exception("what the worker told was not understood: %r", told)
