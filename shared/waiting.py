"""How long something waits that is tried again; from the ledger, never in a sleep."""

import hashlib
from datetime import datetime, timedelta

from shared.settings import Settings

# Of whoever publishes that a drop is late, for those who have no settings.
LONGEST_LEASE = timedelta(minutes=10)
# By so much the clocks of two processes may differ, and neither is wrong.
CLOCKS_DIFFER = timedelta(minutes=1)


def hold_time(settings: Settings, drop_id: str, tries: int) -> timedelta:
    """
    How long a drop's n-th hold lasts: doubling, capped, and spread over half of
    itself by a jitter that is the same whenever it is asked for.
    """
    wait = settings.hold_min_seconds * 2 ** min(tries - 1, 20)
    capped = min(wait, settings.hold_max_seconds)
    return timedelta(seconds=capped * (0.5 + lot(drop_id, tries) / 2))


def lot(*of: object) -> float:
    """A number from 0 to 1 that looks like chance, and is the same for the same."""
    digest = hashlib.sha256(" ".join(map(str, of)).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def waits(until: datetime | None, settings: Settings, now: datetime) -> bool:
    """Whether what is tried again, after a hold or a failure, waits until then."""
    return not is_over(until, now, longest=settings.time("hold_max"))


def is_over(until: datetime | None, now: datetime, *, longest: timedelta) -> bool:
    """
    Whether something that lasts so long at the most is over. What ends later than that
    was written by a clock that was ahead, and is over too.
    """
    return until is None or not now < until <= now + longest + CLOCKS_DIFFER
