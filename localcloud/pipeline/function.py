"""
One deployed function, served by the functions-framework in a process of its own.
"""

import asyncio
import contextlib
import logging
import socket
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from localcloud.pipeline.function_log import FunctionLog, Listener
from localcloud.pipeline.leash import Leash

_logger = logging.getLogger(__name__)

_HOST = "127.0.0.1"
_START_SECONDS = 60.0
_STOP_SECONDS = 2.0
_CONNECT_EVERY_SECONDS = 0.05
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 10.0

# Answered by every function without its handler being called.
_PROBE = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class Signature(StrEnum):
    """How a function is called: the functions-framework's own words."""

    CLOUDEVENT = "cloudevent"
    HTTP = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """
    A function as it is deployed: its entry point, the Cloud Run service that it is,
    and its environment.
    """

    name: str
    service: str
    signature: Signature
    environment: Mapping[str, str]


class Function:
    """
    Keeps a function served: begun again at once when its process dies, and after a
    pause that grows while it dies before it has served.

    Its whole process group ends with `stop`, and with this process in any case.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        *,
        source: Path,
        logs: Path,
        leash: Leash,
        listener: Listener | None = None,
    ) -> None:
        self.name = spec.name
        self.log = FunctionLog(spec.name, logs, listener)
        self._spec = spec
        self._source = source
        self._leash = leash
        self._port: int | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._serving = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def url(self) -> str | None:
        """
        Where it is served; None while it isn't.
        """
        return f"http://{_HOST}:{self._port}/" if self._serving.is_set() else None

    @property
    def pid(self) -> int | None:
        """
        The leader of its process group; None while there is none.
        """
        process = self._process
        return process.pid if process and process.returncode is None else None

    def start(self) -> None:
        """
        Begin to keep it served; returns at once.
        """
        self._keeper = asyncio.get_running_loop().create_task(self._keep_served())

    async def served(self) -> None:
        """
        Wait until it is served.
        """
        await self._serving.wait()

    async def stop(self) -> None:
        """
        End it, with everything that it started.
        """
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._process is not None:
            await self._leash.stop(self._process, grace_seconds=_STOP_SECONDS)
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=_STOP_SECONDS)
            self._reader.cancel()
        self._serving.clear()

    async def _keep_served(self) -> None:
        pause = 0.0
        while True:
            served = await self._run()
            if served:
                pause = 0.0
                _logger.warning("%s died, starting it again", self.name)
            else:
                pause = min(
                    max(_FIRST_PAUSE_SECONDS, pause * 2), _LONGEST_PAUSE_SECONDS
                )
                _logger.error(
                    "%s died before it served, again in %.2g s; the end of %s:\n%s",
                    *(self.name, pause, self.log.path, self.log.tail),
                )
            await asyncio.sleep(pause)

    async def _run(self) -> bool:
        # Another port each time: the last one may have been taken meanwhile.
        self._port = _free_port()
        leashed = await self._leash.start(
            self._command(),
            environment=self._environment(),
            folder=self._source,
        )
        process = self._process = leashed.process
        loop = asyncio.get_running_loop()
        self._reader = loop.create_task(self.log.take(leashed.output))
        probe = loop.create_task(_answers(self._port))
        probe.add_done_callback(self._probed)
        try:
            await process.wait()
        finally:
            served = self._serving.is_set()
            self._serving.clear()
            probe.cancel()
        # A worker may outlive its master, and hold the port.
        await self._leash.end(process)
        await asyncio.wait([self._reader], timeout=_STOP_SECONDS)
        return served

    def _probed(self, probe: asyncio.Task[None]) -> None:
        if probe.cancelled():
            return
        if error := probe.exception():
            _logger.error("%s is not served: %s", self.name, error)
            if self._process and self._process.returncode is None:
                self._process.kill()
            return
        self._serving.set()

    def _command(self) -> list[str]:
        script = Path(sysconfig.get_path("scripts")) / "functions-framework"
        return [
            *(sys.executable, str(script)),
            *("--target", self.name, "--source", "main.py"),
            *("--signature-type", self._spec.signature),
            *("--host", _HOST, "--port", str(self._port)),
        ]

    def _environment(self) -> dict[str, str]:
        # The names that the platform sets
        # (https://cloud.google.com/functions/docs/configuring/env-var).
        service = self._spec.service
        return {
            **self._spec.environment,
            "FUNCTION_TARGET": self.name,
            "FUNCTION_SIGNATURE_TYPE": self._spec.signature,
            "K_SERVICE": service,
            "K_CONFIGURATION": service,
            "K_REVISION": f"{service}-00001-{self._source.name[:3]}",
            "PORT": str(self._port),
            # One event at a time, as deployed: what one takes is what a function
            # may take. More at once are more instances there, a queue here.
            "WORKERS": "1",
            "THREADS": "1",
            # Before any editable install, so that what runs is what is deployed.
            "PYTHONPATH": str(self._source),
            "PYTHONUNBUFFERED": "1",
        }


async def _answers(port: int) -> None:
    # The socket listens before there is a worker; only an answer tells of one.
    async with asyncio.timeout(_START_SECONDS):
        while not await _probe(port):  # noqa: ASYNC110  # another process says when
            await asyncio.sleep(_CONNECT_EVERY_SECONDS)


async def _probe(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(_HOST, port)
    except OSError:
        return False
    try:
        writer.write(_PROBE)
        return bool(await reader.read(1))
    except OSError:
        return False
    finally:
        writer.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
