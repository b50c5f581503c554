"""
One clock for the functions, the clients and the local cloud, which nobody waits for.

A client that sleeps before it tries again moves it on; so does whoever drives a run.
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from google.api_core.retry import retry_base, retry_unary


class Clock:
    """Begins now, and stands still until it is moved on."""

    def __init__(self) -> None:
        self._began = datetime.now(UTC).replace(microsecond=0)
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self._seconds)

    def until_noon(self) -> None:
        """Be at noon, UTC: a run that meets midnight is another one."""
        passed = self.now() - self.now().replace(hour=12, minute=0, second=0)
        self._seconds += (-passed).total_seconds() % 86_400

    def sleep(self, seconds: float) -> None:
        """Be that much later."""
        self._seconds += seconds

    def monotonic(self) -> float:
        return self._seconds

    @contextlib.contextmanager
    def of_the_clients(self) -> Iterator[None]:
        """
        Have Google's clients go by this clock where they wait before another try, and
        count how long they have tried.
        """
        mine = SimpleNamespace(sleep=self.sleep, monotonic=self.monotonic)
        for module in (retry_base, retry_unary):
            vars(module)["time"] = mine
        try:
            yield
        finally:
            for module in (retry_base, retry_unary):
                vars(module)["time"] = time
