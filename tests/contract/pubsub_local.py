"""
Our Pub/Sub in this process: gRPC and REST on loopback ports, as the door finds them.
"""

import asyncio
from functools import partial
from pathlib import Path

from aiohttp import web

from localcloud.door.dispatch import Dispatcher
from localcloud.pubsub.pubsub import PubSub
from localcloud.pubsub.service.front import Front
from tests.everybody import any_token, owners


class LocalPubSub:
    """
    Begun and ended on the loop that it runs on; `tokens` are those it asked for.
    """

    rest_address: str
    pubsub: PubSub

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tokens: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.pubsub.grpc_port}"

    async def begin(self, *, port: int = 0) -> None:
        self.pubsub = PubSub(
            self._folder,
            token_for=self._token,
            make_front=partial(Front, token_fault=any_token, permits=owners()),
        )
        await self.pubsub.start(port=port)
        self._http: web.Server = Dispatcher(
            {"pubsub.googleapis.com": self.pubsub.handle}
        ).server()
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._http, "127.0.0.1", 0)
        address = self._listening.sockets[0].getsockname()
        self.rest_address = f"127.0.0.1:{address[1]}"

    async def end(self) -> None:
        self._listening.close()
        await self._http.shutdown(1)
        await self.pubsub.stop()

    def _token(self, email: str, audience: str) -> str:
        self.tokens.append((email, audience))
        return f"token-of-{email}-for-{audience}"
