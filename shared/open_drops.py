"""What is open, told once a tick: a line for each state, read off the markers."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from shared.logs import log
from shared.marker import Marker
from shared.records import State

_STATES = frozenset(state.value for state in State)
# What a marker's empty state means: polls must ask for the drop's job, which Vertex
# AI did not know the last time.
_MISSING = "missing"
# A state of newer code.
_UNKNOWN = "unknown"


def log_open_drops(markers: Iterable[Marker], now: datetime) -> None:
    """
    Say of each state how many drops are in it, and how long ago the oldest of them
    was dropped. Nothing is read for it: a state may be as stale as its marker.
    """
    ages = defaultdict(list)
    for marker in markers:
        age = (now - marker.drop.dropped_at).total_seconds()
        ages[_label(marker.state)].append(age)
    for state, seconds in sorted(ages.items()):
        log(
            "open_drops",
            state=state,
            count=len(seconds),
            oldest_seconds=round(max(seconds), 3),
        )


def _label(state: str) -> str:
    # A metric has a series for each value of its labels: no others get there.
    if not state:
        return _MISSING
    return state if state in _STATES else _UNKNOWN
