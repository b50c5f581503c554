"""
An event loop in which time flies, so that what takes minutes is tested in a moment.
"""

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

FACTOR = 200
_LIMIT_SECONDS = 20


class _Hurried(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[Any]:
        return super().select(timeout and timeout / FACTOR)


class HurriedLoop(asyncio.SelectorEventLoop):
    """
    A loop whose seconds are FACTOR times as short.
    """

    def __init__(self) -> None:
        super().__init__(_Hurried())

    def time(self) -> float:
        return time.monotonic() * FACTOR


def hurried(work: Coroutine[Any, Any, Result]) -> Result:
    """
    Run a coroutine while time flies, but not for ever.
    """
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        return runner.run(asyncio.wait_for(work, _LIMIT_SECONDS * FACTOR))
