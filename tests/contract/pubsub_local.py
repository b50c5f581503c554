"""
Our Pub/Sub in this process: gRPC and REST on loopback ports, as the door finds them.
"""

import asyncio
from pathlib import Path
from typing import Self

from localcloud.door.dispatch import Dispatcher
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.rest.edge import Rest
from localcloud.pubsub.server import start
from localcloud.pubsub.service.front import Front


class LocalPubSub:
    """
    Begun and ended on the loop that it runs on.
    """

    address: str
    rest_address: str

    @classmethod
    async def begun(cls, folder: Path) -> Self:
        self = cls()
        self.broker = Broker(folder)
        front = Front(self.broker)
        self._grpc, port = await start(front)
        self.address = f"127.0.0.1:{port}"
        hosts = {"pubsub.googleapis.com": Rest(front).handle}
        self._http = Dispatcher(hosts).server()
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._http, "127.0.0.1", 0)
        address = self._listening.sockets[0].getsockname()
        self.rest_address = f"127.0.0.1:{address[1]}"
        return self

    async def end(self) -> None:
        self._listening.close()
        await self._http.shutdown(1)
        await self._grpc.stop(1)
        self.broker.close()
