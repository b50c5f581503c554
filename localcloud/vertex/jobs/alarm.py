"""
When to look at which job: one timer for all of them.
"""

import asyncio
import heapq
from collections.abc import Callable

# A sleep is cut short now and then, in case the clock was set.
_LONGEST_SLEEP_SECONDS = 60.0


class Alarm:
    """
    Rings for each key at its time. A key set again rings at the new time only.

    Times are microseconds of the clock that `now` reads.
    """

    def __init__(self, now: Callable[[], int], on_due: Callable[[str], None]) -> None:
        self._now = now
        self._on_due = on_due
        self._times: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._times)

    def set(self, key: str, time: int | None) -> None:
        """
        Ring for the key at a time, or no more.
        """
        if time is None:
            self._times.pop(key, None)
            return
        self._times[key] = time
        heapq.heappush(self._heap, (time, key))
        self._rewind()

    def next(self) -> int | None:
        """
        When it rings next.
        """
        while self._heap and self._times.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def ring(self) -> None:
        """
        Ring for every key whose time has come.
        """
        now = self._now()
        while (time := self.next()) is not None and time <= now:
            _, key = heapq.heappop(self._heap)
            del self._times[key]
            self._on_due(key)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """
        Ring by itself from now on.
        """
        self._loop = loop
        self._rewind()

    def stop(self) -> None:
        """
        Be silent, until started again.
        """
        self._loop = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rewind(self) -> None:
        if self._loop is None:
            return
        time = self.next()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if time is not None:
            seconds = max(0.0, (time - self._now()) / 1_000_000)
            self._timer = self._loop.call_later(
                min(seconds, _LONGEST_SLEEP_SECONDS), self._wake
            )

    def _wake(self) -> None:
        self._timer = None
        self.ring()
        self._rewind()
