"""
All push subscriptions: whoever has an endpoint is delivered to, as long as it has.
"""

import asyncio
import logging
from functools import partial

import aiohttp

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.push.pusher import Pusher, TokenFor

# Before whatever went wrong goes wrong again.
_PAUSE_SECONDS = 1.0

_logger = logging.getLogger(__name__)


class Pushers:
    """
    Begins with the first look and after every change; ends with `stop`, after which
    what was not acknowledged stays in its subscription.
    """

    def __init__(self, broker: Broker, *, token_for: TokenFor) -> None:
        self._broker = broker
        self._token_for = token_for
        self._running: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                # An endpoint on this machine has a certificate that nobody signed,
                # and is reached without leaving it.
                ssl=False,
            ),
            # Cookies of one endpoint are none of another's.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        self._broker.subscriptions.on_change = self._look
        self._look()

    async def stop(self) -> None:
        self._broker.subscriptions.on_change = lambda: None
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _look(self) -> None:
        for feed in self._broker.subscriptions:
            if feed.is_pushed and feed.number not in self._running:
                assert self._session is not None
                pusher = Pusher(
                    feed,
                    session=self._session,
                    token_for=self._token_for,
                    now=self._broker.now,
                )
                task = asyncio.get_running_loop().create_task(_kept_up(pusher))
                self._running[feed.number] = task
                task.add_done_callback(partial(self._ended, feed.number))

    def _ended(self, number: int, task: "asyncio.Task[None]") -> None:
        del self._running[number]
        if task.cancelled():
            return
        # It may push again by now; its requests took their time to end.
        self._look()


async def _kept_up(pusher: Pusher) -> None:
    try:
        await pusher.run()
    except Exception:
        _logger.exception("a push subscription broke off")
        await asyncio.sleep(_PAUSE_SECONDS)
