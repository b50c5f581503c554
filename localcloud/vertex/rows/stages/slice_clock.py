"""
The time of day for rows that are answered thousands a second.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

# Rows within one of these share a time: writing it out takes as long as reading a row.
_SLICE_SECONDS = 0.002


class SliceClock:
    """
    Tells the time as text, never more than a few milliseconds late.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._until = float("-inf")
        self._text = ""

    def iso(self) -> str:
        """
        The time, UTC, with microseconds and an offset.
        """
        now = self._monotonic()
        if now >= self._until:
            self._until = now + _SLICE_SECONDS
            self._text = datetime.now(UTC).isoformat(timespec="microseconds")
        return self._text
