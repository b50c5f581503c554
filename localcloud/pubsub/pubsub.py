"""
Pub/Sub, whole: what answers calls, and what goes on though nobody calls.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from localcloud.pubsub import server
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.push.pusher import TokenFor
from localcloud.pubsub.push.pushers import Pushers
from localcloud.pubsub.rest.edge import Rest
from localcloud.pubsub.service.front import Front

_logger = logging.getLogger(__name__)

_LOOPBACK = "127.0.0.1"
# How late a missed deadline may be noticed that nobody waits for: its message may be
# a dead letter that somebody waits for elsewhere.
_ROUND_SECONDS = 0.5


class PubSub:
    """
    The service over a folder, from `start` to `stop`. Both transports answer from the
    one front; REST is for whoever serves HTTP to hand requests to.
    """

    grpc_port: int = 0

    def __init__(
        self,
        folder: Path,
        *,
        token_for: TokenFor,
        make_front: Callable[[Broker], Front],
    ) -> None:
        self.broker = Broker(folder)
        self.front = make_front(self.broker)
        self.handle = Rest(self.front).handle
        self._pushers = Pushers(self.broker, token_for=token_for)
        self._open = contextlib.AsyncExitStack()

    async def start(self, *, port: int = 0) -> None:
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self.broker.close)
            grpc_server, self.grpc_port = await server.start(
                self.front, host=_LOOPBACK, port=port
            )
            stack.push_async_callback(grpc_server.stop, None)
            stack.push_async_callback(self._pushers.stop)
            await self._pushers.start()
            rounds = asyncio.get_running_loop().create_task(self._make_rounds())
            stack.push_async_callback(_cancelled, rounds)
            self._open = stack.pop_all()

    async def stop(self) -> None:
        """
        Everyone who waits is told that the service is unavailable.
        """
        await self._open.aclose()

    async def _make_rounds(self) -> None:
        while True:
            await asyncio.sleep(_ROUND_SECONDS)
            try:
                self.broker.advance()
            except Exception:
                _logger.exception("a round failed")


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
