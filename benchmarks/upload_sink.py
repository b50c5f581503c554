"""
The door with nothing behind it but a server that throws bodies away.

    python -m benchmarks.upload_sink FOLDER

prints its port, and serves until standard input ends. The authority's certificate is
FOLDER/ca.pem.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from localcloud.door.authority import Authority
from localcloud.door.connection import Behind
from localcloud.door.door import Door


async def _discard(request: web.BaseRequest) -> web.StreamResponse:
    async for _ in request.content.iter_any():
        pass
    return web.Response()


async def _no_grpc(host: str) -> int:
    raise OSError(f"there is no gRPC server for {host}")


async def _serve(folder: Path) -> None:
    http = web.Server(_discard, access_log=None, auto_decompress=False)
    behind = Behind(
        authority=Authority(folder),
        http=http,
        served=lambda: len(http.connections),
        grpc_port=_no_grpc,
    )
    door = Door(behind, memory=folder / "port", most_connections=100)
    await door.start()
    print(door.port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await door.stop()
    await http.shutdown(1)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
