"""
A door with an HTTP server and a raw "gRPC" port behind it.
"""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from localcloud.door.authority import Authority
from localcloud.door.connection import Behind
from localcloud.door.door import Door
from tests.loop_thread import LoopThread

MOST = 50


@dataclass(kw_only=True)
class Opened:
    """
    A door that is open, and what stands behind it.
    """

    door: Door
    authority: Authority
    thread: LoopThread
    grpc_hosts: list[str] = field(default_factory=list)
    grpc_reads: bool = True
    grpc_taken: int = 0
    grpc_transports: list[asyncio.Transport] = field(default_factory=list)
    grpc_lost: asyncio.Event = field(default_factory=asyncio.Event)

    def client_context(self, *alpn: str) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority.certificate_file)
        if alpn:
            context.set_alpn_protocols(alpn)
        return context


async def _told(request: web.BaseRequest) -> web.StreamResponse:
    size = sum([len(chunk) async for chunk in request.content.iter_any()])
    return web.json_response(
        {"host": request.host, "scheme": request.scheme, "bytes": size}
    )


class _Echo(asyncio.Protocol):
    def __init__(self, opened: Opened) -> None:
        self.opened = opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.opened.grpc_transports.append(transport)
        if not self.opened.grpc_reads:
            # In Python 3.11.2 a transport goes on to read after this, paused or not.
            asyncio.get_running_loop().call_soon(transport.pause_reading)

    def data_received(self, data: bytes) -> None:
        self.opened.grpc_taken += len(data)
        self.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.opened.grpc_lost.set()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with LoopThread().running() as thread:
        authority = Authority(tmp_path / "authority")

        async def start() -> tuple[Opened, web.Server, asyncio.Server]:
            http = web.Server(_told, access_log=None)
            hosts: list[str] = []

            async def port_for(host: str) -> int:
                hosts.append(host)
                port: int = grpc.sockets[0].getsockname()[1]
                return port

            behind = Behind(
                authority=authority,
                http=http,
                served=lambda: len(http.connections),
                grpc_port=port_for,
            )
            door = Door(behind, memory=tmp_path / "port", most_connections=MOST)
            made = Opened(
                door=door, authority=authority, thread=thread, grpc_hosts=hosts
            )
            grpc = await asyncio.get_running_loop().create_server(
                lambda: _Echo(made), "127.0.0.1", 0
            )
            await door.start()
            return made, http, grpc

        async def stop() -> None:
            await opened.door.stop()
            await http.shutdown(1)
            grpc.close()
            for transport in opened.grpc_transports:
                transport.abort()
            # A handshake that is broken off takes a few turns to be told everybody.
            for _ in range(20):
                await asyncio.sleep(0)

        opened: Opened
        opened, http, grpc = thread.run(start())
        yield opened
        thread.run(stop())
