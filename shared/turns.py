"""
The order in which a tick looks at open drops: those that can move, oldest first; after
them, in an order that is drawn for each tick, what has failed before, what rests, and
what shows no news. In some ticks all of these come in an order that is drawn. Those
that wait for different answers share the tick's time.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.jobs import Job, JobKey, is_same
from shared.late_reasons import LateReason
from shared.marker import Marker
from shared.ports import Clock
from shared.records import State
from shared.waiting import lot

# Of the ticks in which what waits for a location that gives no list is not put last.
_UNSEEN_SHARE = 1 / 4
# Of those in which the oldest don't come first: a poll may die at one of them.
_BY_LOT_SHARE = 1 / 4
_ASKING = frozenset({State.SUBMITTING, State.SUBMITTED, ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Jobs that may still change, by key, and the locations that gave no list."""

    jobs: dict[str, list[Job]]
    unseen: set[str]

    def of(self, drop_id: str) -> list[Job]:
        """The jobs of the drop's key."""
        return self.jobs.get(str(JobKey(drop_id=drop_id)), [])

    def has_others(self, marker: Marker) -> bool:
        """Whether there are jobs of its key that its marker does not name."""
        jobs = self.of(marker.drop.drop_id)
        return any(not is_same(job.name, marker.job) for job in jobs)

    def in_turn(self, markers: Iterable[Marker], now: Clock) -> Iterator[Marker]:
        """
        Yield the markers, of which the older is given first, as their turns come. What
        they wait for has an equal share of the time: where a location's answers take
        long, or no cancel ends second jobs, the others have theirs all the same. What
        waits for a location that gives no list comes last, but for a tick now and then.
        """
        started = now()
        waiting: defaultdict[str, deque[Marker]] = defaultdict(deque)
        for marker in sorted(markers, key=lambda each: self._place(each, started)):
            waiting[self._waits_for(marker)].append(marker)
        had: defaultdict[str, float] = defaultdict(float)
        last = self.unseen if lot("unseen", started) > _UNSEEN_SHARE else ()

        def comes(what: str) -> tuple[bool, float, float]:
            return what in last, had[what], lot(what, started)

        while waiting:
            what, begun = min(waiting, key=comes), now()
            yield waiting[what].popleft()
            had[what] += (now() - begun).total_seconds()
            if not waiting[what]:
                del waiting[what]

    def _waits_for(self, marker: Marker) -> str:
        """
        What the drop waits for: a job's adoption or end, a location's answers, or
        neither.
        """
        if self.has_others(marker):
            return f"others in {marker.location}"
        asks = marker.state in _ASKING or marker.in_doubt
        return marker.location if asks else ""

    def _place(self, marker: Marker, started: datetime) -> tuple[float, float]:
        """
        Where the drop comes beside others that wait for the same. All turns but the
        first come by lot, and so does what is in each: who stays where he is would
        always come before the same. So may one at whom each poll dies, so in some ticks
        the first is a turn like the others.
        """
        by_lot = lot(marker.drop.drop_id, started)
        if self.has_others(marker):
            return 0, by_lot
        turn = self._may_be_in_vain(marker)
        if turn or lot("oldest", started) < _BY_LOT_SHARE:
            return 1 + lot(turn, started), by_lot
        return 0, 0

    def _may_be_in_vain(self, marker: Marker) -> str:
        """Why a look at it may be: the turn that it shares. Nothing: the first turn."""
        if self._has_no_news(marker):
            return "no news"
        if marker.state in (State.HELD, State.SET_ASIDE):
            return "rests"
        return "failed before" if marker.retry_at else ""

    def _has_no_news(self, marker: Marker) -> bool:
        """
        Whether its job is missing, or was in a state that nobody knows and is in no
        list: it is asked for in each tick, and does not move.
        """
        if marker.state != State.SUBMITTED:
            return not marker.state
        is_unknown = LateReason.UNKNOWN_STATE in marker.told
        return is_unknown and not self.of(marker.drop.drop_id)
