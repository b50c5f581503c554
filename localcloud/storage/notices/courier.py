"""
The courier: takes what waits in the outbox for notifications to their topics.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from localcloud.storage.disk.notifications import Notification
from localcloud.storage.disk.outbox import StorageEvent
from localcloud.storage.disk.store import Store
from localcloud.storage.notices import messages
from localcloud.storage.notices.topics import Topics

_LOG = logging.getLogger(__name__)

_PAGE = 100
_LONGEST_SECONDS = 60.0
# What can't be told for so long is given up, and a line in the log.
_GIVEN_UP_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pause:
    seconds: float
    until: float


class Courier:
    """
    Publishes every event at least once, each notification's in their order.

    An event leaves the outbox after its message is safe, so a crash between the two
    repeats the message. A topic that is gone holds up nobody else.
    """

    def __init__(
        self, store: Store, topics: Topics, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._topics = topics
        self._now = now
        self._news = asyncio.Event()
        self._pauses: dict[str, _Pause] = {}
        self._task: asyncio.Task[None] | None = None
        store.outbox.listen(None, self._news.set)

    def start(self) -> None:
        """
        Begin, with what an earlier process left.
        """
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """
        Stop; what is under way may be told again.
        """
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            while await self._tell_all(loop.time()):
                pass
            due = min((pause.until for pause in self._pauses.values()), default=None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._news.wait()

    async def _tell_all(self, now: float) -> bool:
        """
        Tell a page for each notification that may be told; returns whether any was.
        """
        waiting = self._store.notifications.waiting()
        named = {each.recipient for each in waiting}
        self._pauses = {k: v for k, v in self._pauses.items() if k in named}
        told = False
        for each in waiting:
            pause = self._pauses.get(each.recipient)
            if pause is None or pause.until <= now:
                told |= await self._tell(each, pause)
        return told

    async def _tell(self, told: Notification, pause: _Pause | None) -> bool:
        outbox = self._store.outbox
        events = outbox.events(told.recipient, 0, _PAGE)
        try:
            for event in events:
                await self._topics.publish(
                    told.topic,
                    messages.payload(event, told),
                    messages.attributes(event, told),
                )
                outbox.forget([event.id])
                # Whoever has a request gets their turn.
                await asyncio.sleep(0)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
            seconds = min(pause.seconds * 2, _LONGEST_SECONDS) if pause else 1.0
            until = asyncio.get_running_loop().time() + seconds
            self._pauses[told.recipient] = _Pause(seconds=seconds, until=until)
            _LOG.info("%s again in %.0f s: %r", told.name, seconds, error)
            old = [event.id for event in events if self._is_old(event)]
            if old:
                _LOG.error("given up: %d messages of %s", len(old), told.name)
                outbox.forget(old)
            return False
        self._pauses.pop(told.recipient, None)
        return bool(events)

    def _is_old(self, event: StorageEvent) -> bool:
        age = self._now() - datetime.fromisoformat(event.time)
        return age > _GIVEN_UP_AFTER
