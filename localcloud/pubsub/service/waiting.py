"""
Waiting for messages: asleep until a feed rings, or something there comes due.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType

from localcloud.pubsub.delivery.feed import Feed

# A clock and an event loop don't agree to the last digit; waking too early would
# find nothing, and go to sleep again for nothing.
_MARGIN_SECONDS = 0.002


class Waiting:
    """
    One sleeper beside one feed, for as long as the context lasts.

    What rings while the sleeper is awake is not missed: `ring` is remembered until
    the next time it sleeps.
    """

    def __init__(self, feed: Feed, *, now: Callable[[], datetime]) -> None:
        self._feed = feed
        self._now = now
        self._rung = asyncio.Event()
        self.ring = self._rung.set

    def __enter__(self) -> "Waiting":
        self._feed.watch(self.ring)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._feed.unwatch(self.ring)

    async def for_messages(self, *, until: float | None = None) -> bool:
        """
        Sleep until it is worth looking; False once `until` (loop time) has passed.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        if until is not None and now >= until:
            return False
        due = self._feed.next_due()
        wake = until
        if due is not None:
            wait = max(due - self._now().timestamp(), 0) + _MARGIN_SECONDS
            wake = now + wait if until is None else min(now + wait, until)
        await self._sleep(wake)
        return True

    async def for_ring(self, *, seconds: float | None = None) -> None:
        """
        Sleep until something rings, whatever comes due meanwhile, or for so long.
        """
        end = None
        if seconds is not None:
            end = asyncio.get_running_loop().time() + seconds + _MARGIN_SECONDS
        await self._sleep(end)

    async def _sleep(self, end: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await self._rung.wait()
        self._rung.clear()
