"""
A clock that stands still until a test moves it.
"""

from datetime import UTC, datetime, timedelta


class Clock:
    """
    Given to a server in place of the wall clock.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)
