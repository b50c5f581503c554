"""
The order in which a tick looks at open drops: those that can move, oldest first; after
them, in an order that is drawn for each tick, what has failed before, what rests, what
may hang, and what shows no news.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.jobs import Job, JobKey, is_same
from shared.late_reasons import LateReason
from shared.markers import Marker
from shared.records import State
from shared.waiting import lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Jobs that may still change, by key, and the locations that gave no list."""

    jobs: dict[str, list[Job]]
    unseen: set[str]

    def of(self, marker: Marker) -> list[Job]:
        """The jobs of the drop's key."""
        return self.jobs.get(str(JobKey(drop_id=marker.drop.drop_id)), [])

    def has_others(self, marker: Marker) -> bool:
        """Whether there are jobs of its key that its marker does not name."""
        return any(not is_same(job.name, marker.job) for job in self.of(marker))

    def place(self, marker: Marker, started: datetime) -> tuple[float, float]:
        """
        Where the drop comes in a tick, beside others of which the older is given first.
        All turns but the first come by lot, and so does what is in each: who stays
        where he is would always come before the same.
        """
        if turn := self._may_be_in_vain(marker):
            return 1 + lot(turn, started), lot(marker.drop.drop_id, started)
        return 0, 0

    def _may_be_in_vain(self, marker: Marker) -> str:
        """Why a look at it may be: the turn that it shares. Nothing: the first turn."""
        asks = marker.state != State.HELD and marker.location in self.unseen
        if asks or self.has_others(marker):
            return "may hang"
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
        is_unknown = LateReason.UNKNOWN_STATE in marker.told and not self.of(marker)
        return not marker.state or (marker.state == State.SUBMITTED and is_unknown)
