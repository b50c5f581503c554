"""
A storage server in a process of its own, to be killed.

    python -m tests.contract.storage_process FOLDER

prints its port and serves until it dies.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from localcloud.storage.disk.outbox import Watch
from localcloud.storage.server import StorageServer
from tests.contract.storage_server import UNLIMITED
from tests.everybody import any_token, owners


async def serve(folder: Path) -> None:
    server = StorageServer(
        folder, token_fault=any_token, permits=owners(), knobs=UNLIMITED
    )
    server.store.watch(Watch(recipient="tests"))
    http = web.Server(server.handle, access_log=None, auto_decompress=False)
    runner = web.ServerRunner(http)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
