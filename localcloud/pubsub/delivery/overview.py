"""
How a subscription stands, and what waits in it, seen without taking anything.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from localcloud.pubsub.delivery.entries import Entry, State

# Counting goes through the entries; a page asks again every second.
_MOST_COUNTED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    How many messages there are and where they are; `counted` of them were looked
    at. `oldest` is when the oldest was published, in seconds since 1970.
    """

    messages: int
    counted: int
    ready: int
    held: int
    resting: int
    oldest: float | None


def standing(entries: Collection[Entry], now: float) -> Standing:
    """
    Count a backlog's entries, the first of them if they are too many.
    """
    counts = dict.fromkeys(State, 0)
    oldest: float | None = None
    for entry in islice(entries, _MOST_COUNTED):
        counts[state_at(entry, now)] += 1
        if oldest is None or entry.published < oldest:
            oldest = entry.published
    return Standing(
        messages=len(entries),
        counted=min(len(entries), _MOST_COUNTED),
        ready=counts[State.READY],
        held=counts[State.HELD],
        resting=counts[State.RESTING],
        oldest=oldest,
    )


def state_at(entry: Entry, now: float) -> State:
    """
    Where an entry stands now: what has come due is only done with the next call.
    """
    if entry.state in (State.HELD, State.RESTING) and entry.due <= now:
        return State.READY
    return entry.state


def after(entries: Collection[Entry], seq: int) -> Iterator[Entry]:
    """
    The entries with a larger number, in the order in which they were published.
    """
    return (entry for entry in entries if entry.seq > seq)
