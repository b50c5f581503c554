"""
How often one name may be written: once a second, after a small burst.

https://cloud.google.com/storage/quotas#objects
"""

from collections.abc import Callable
from datetime import datetime

from localcloud.storage.rules.errors import TooManyWritesError

# No more names than this are kept beyond those that are still owed a pause.
_SWEEP_EVERY = 10_000


class WriteRate:
    """
    Counts the writes of each name; what is over the limit changes nothing.

    Only the names of the last burst are remembered, so memory is bounded by what can
    be written in those seconds. A rate of 0 is no limit.
    """

    def __init__(
        self, per_second: float, burst: int, now: Callable[[], datetime]
    ) -> None:
        self._pause = 1 / per_second if per_second else 0.0
        self._longest = self._pause * burst
        self._now = now
        # When each name will have its whole burst again.
        self._rested: dict[tuple[str, str], float] = {}
        self._taken = 0

    def __len__(self) -> int:
        return len(self._rested)

    def take(self, bucket: str, name: str) -> None:
        """
        Count one write; TooManyWritesError if it comes too soon.
        """
        if not self._pause:
            return
        now = self._now().timestamp()
        rested = self._rested.get((bucket, name), now)
        if rested > now + self._longest:
            # The clock was set back. Nobody can owe so much.
            rested = now
        after = max(rested, now) + self._pause
        # A float's rounding is no reason to refuse.
        if after - now > self._longest + 1e-6:
            raise TooManyWritesError(bucket, name)
        self._rested[bucket, name] = after
        self._taken += 1
        if self._taken >= _SWEEP_EVERY:
            self._taken = 0
            self._rested = {k: v for k, v in self._rested.items() if v > now}
