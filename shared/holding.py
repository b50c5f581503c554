"""A drop that gets no job for now: when it must wait, and how that is written down."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.drops import Drop
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.markers import Markers
from shared.ports import Clock
from shared.records import Record, State
from shared.route_notes import RouteNotes
from shared.settings import Settings
from shared.waiting import hold_time

# Of creates: a location's, or one model's there.
QUOTA = "RESOURCE_EXHAUSTED"
# So often is a quota that a drop meets taken for one that is used up: about an hour.
_MOST_FOR_ALL = 8


class Wait(StrEnum):
    """Why we hold a drop that Vertex AI did not refuse; else its own code says why."""

    BEHIND_OTHERS = "behind_others"
    CAPPED = "capped"
    NOT_MADE = "not_made"
    TAKEN_OVER = "taken_over"
    TOO_LATE = "too_late"
    ROUTE_DISABLED = "route_disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The way into a route's queue, with the ports it needs."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    notes: RouteNotes
    now: Clock

    def must_wait(self, drop: Drop) -> Wait | None:
        """
        Why a drop that is ready gets no job at once, if it doesn't: one read at most.

        What is switched off or capped waits for a poll, which is where jobs are
        counted; and nobody gets in front of what is held already.
        """
        # The switch and the caps are the operator's: the route of today says, not
        # the frozen.
        route = self.settings.routes.match(drop.name)
        if route and not route.enabled:
            return Wait.ROUTE_DISABLED
        if self.settings.jobs or (route and route.limits.are_caps):
            return Wait.CAPPED
        is_held = route is not None and self.notes.is_held(route.prefix)
        return Wait.BEHIND_OTHERS if is_held else None

    def wait(self, entry: Entry, why: Wait, **found: Any) -> Entry:
        """Hold a drop that nobody asked for: it may go on whenever its turn comes."""
        return self._hold(entry, why, not_before=None, **found)

    def doubt(self, entry: Entry) -> None:
        """
        Hold a drop whose create made no job that anybody can see: the first time it may
        go on at once, and then it rests, for longer each time.
        """
        tries = entry.record.unknown_tries - 1
        rest = hold_time(self.settings, entry.record.drop_id, tries)
        until = self.now() + rest if tries > 0 else None
        self._hold(entry, Wait.NOT_MADE, not_before=None, in_doubt=True, retry_at=until)

    def back_off(self, entry: Entry, code: str) -> None:
        """
        Hold a drop of which Vertex AI said not now, for longer each time: where a quota
        is used up, its whole route waits with it, else it rests alone; as it does in
        the end where there is none to be had.
        """
        tries = entry.record.hold_tries + 1
        until = self.now() + hold_time(self.settings, entry.record.drop_id, tries)
        is_quota = code == QUOTA and self.holds_route(entry.record)
        self._hold(
            entry,
            code,
            hold_tries=tries,
            not_before=until if is_quota else None,
            retry_at=None if is_quota else until,
        )

    def holds_route(self, record: Record) -> bool:
        """
        Whether a quota that is used up is that of all that comes behind the drop: not
        if its route has been moved or taken out since, nor after an hour of the same
        answer.
        """
        route = self.settings.routes.match(record.drop.name)
        asked = record.route.location, record.route.model
        is_same = route is not None and (route.location, route.model) == asked
        return is_same and record.hold_tries < _MOST_FOR_ALL

    def _hold(self, entry: Entry, code: str, **changes: Any) -> Entry:
        route = self.settings.routes.match(entry.record.drop.name)
        if route:
            # Say it before the record is held, or later drops get ahead. A death in
            # between leaves a note that is stale, which the next drop and the poll
            # after it mend.
            self.notes.tell(route.prefix, held=True)
        entry = self.ledger.move(entry, state=State.HELD, lease_until=None, **changes)
        record = entry.record
        log("held", drop_id=record.drop_id, route=record.route.prefix, code=code)
        self.markers.advise(entry.record)
        return entry
