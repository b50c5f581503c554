"""
One gRPC server for each host name: each knows only its own location.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

# Google has some fifty locations; a client may ask for any number of them.
_MOST = 64


class TooManyHostsError(OSError):
    """
    A host is asked for that has no server, and there are as many as there can be.
    """

    def __init__(self, host: str, most: int) -> None:
        super().__init__(
            f"{host} has no server, and there are {most}: there can't be more"
        )


class GrpcServers:
    """
    Servers that `start` starts, each with the first caller of its host.
    """

    def __init__(
        self, start: Callable[[str], Awaitable[tuple[Any, int]]], *, most: int = _MOST
    ) -> None:
        self._start = start
        self._most = most
        self._starting = asyncio.Lock()
        self._ports: dict[str, int] = {}
        self._open = contextlib.AsyncExitStack()

    async def port(self, host: str) -> int:
        """
        The port of a host's server; TooManyHostsError if there can't be one.
        """
        async with self._starting:
            if host not in self._ports:
                if len(self._ports) >= self._most:
                    raise TooManyHostsError(host, self._most)
                server, port = await self._start(host)
                self._ports[host] = port
                self._open.push_async_callback(server.stop, None)
            return self._ports[host]

    async def stop(self) -> None:
        """
        Stop all of them.
        """
        await self._open.aclose()
