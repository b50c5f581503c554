"""
An event loop in a thread, for tests that drive servers with blocking clients.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")

WAIT_SECONDS = 20


class LoopThread:
    """
    Runs coroutines for code that has no loop.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT_SECONDS)

    @contextmanager
    def running(self) -> Iterator["LoopThread"]:
        self._thread.start()
        try:
            yield self
        finally:
            self.run(self._cancel_all())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(WAIT_SECONDS)
            self.loop.close()

    async def _cancel_all(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # Transports that were closed say so to their protocols in the next round.
        await asyncio.sleep(0)
