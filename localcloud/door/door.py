"""
The door itself: a listening socket on the loopback interface.
"""

import asyncio
import contextlib
import logging
from pathlib import Path

from localcloud.door.connection import Behind, Connection

_logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"


class PortTakenError(OSError):
    """
    The port that was asked for is in use.
    """

    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} is taken; choose another with --port, or leave it out"
        )
        self.port = port


class Door:
    """
    A proxy on 127.0.0.1 that answers for Google's hosts and refuses all others.

    Without a port of its own it takes the one it had the last time, which is kept in
    `memory`, so that variables given out before a restart are good after it; if
    somebody else has that port by now it takes a free one. It holds
    `most_connections` at a time and refuses what is beyond them.
    """

    def __init__(self, behind: Behind, *, memory: Path, most_connections: int) -> None:
        self._behind = behind
        self._most = most_connections
        self._memory = memory
        self._server: asyncio.Server | None = None
        self._live: set[Connection] = set()

    @property
    def port(self) -> int:
        """
        The port it listens on, once started.
        """
        assert self._server is not None, "the door is not open"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self, port: int | None = None) -> None:
        """
        Open; raises PortTakenError if a port was asked for and somebody has it.
        """
        if port is not None:
            try:
                self._server = await self._listen(port)
            except OSError as error:
                raise PortTakenError(port) from error
        else:
            had = self._remembered()
            if had:
                with contextlib.suppress(OSError, OverflowError):
                    self._server = await self._listen(had)
            if self._server is None:
                self._server = await self._listen(0)
            if had and had != self.port:
                _logger.warning(
                    "port %d is taken by now; the door has port %d, and variables "
                    "given out before are no good any more",
                    had,
                    self.port,
                )
        self._memory.write_text(f"{self.port}\n")

    async def stop(self) -> None:
        """
        Close, and drop every connection that was not handed over to an HTTP server.
        """
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._live):
            connection.abort()

    def _remembered(self) -> int:
        try:
            return int(self._memory.read_text())
        except (OSError, ValueError):
            return 0

    async def _listen(self, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: Connection(self._behind, self._live, self._most), LOOPBACK, port
        )
