"""One open drop, moved on as far as it goes now; a poll has read its marker."""

from dataclasses import dataclass
from typing import assert_never

from shared.adopting import Adopting
from shared.claiming import Claiming
from shared.closing import Closing
from shared.errors import RecordError
from shared.following import Following
from shared.holding import Wait
from shared.jobs import Job
from shared.late_reasons import has_waited_too_long
from shared.lateness import Lateness
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.marker import Marker
from shared.markers import Markers
from shared.ports import Clock
from shared.records import State
from shared.setting_aside import SettingAside
from shared.settings import Settings
from shared.submission import Submission
from shared.taking_over import TakingOver
from shared.twins import Twins
from shared.waiting import CLOCKS_DIFFER, is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving:
    """The step of a poll that acts, with the steps and ports it needs."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    claiming: Claiming
    adopting: Adopting
    twins: Twins
    taking_over: TakingOver
    setting_aside: SettingAside
    lateness: Lateness
    following: Following
    submission: Submission
    closing: Closing
    now: Clock

    def drive(self, marker: Marker, jobs: list[Job]) -> bool:
        """Move one drop on as far as it goes now; return whether it moved."""
        entry = self.ledger.read(marker.drop.drop_id)
        if entry is None:
            return self._adopt_orphan(marker)
        entry = self.twins.cancel(entry, jobs)
        match entry.record.state:
            case State.CLAIMED:
                is_left = self.taking_over.is_left(entry)
                if is_left:
                    self.taking_over.carry_on(entry)
                return is_left
            case State.HELD:
                return self._look_after(entry, marker, jobs)
            case State.SUBMITTING:
                return self._settle(entry, marker)
            case State.SUBMITTED:
                ended = self.following.follow(entry, marker, jobs)
                return ended is not None and self._announce(ended, marker)
            case State.PUBLISHING:
                if not self.taking_over.is_left(entry):
                    return False
                taken = self.taking_over.take(entry, State.PUBLISHING)
                if taken:
                    self._announce(taken, marker)
                return True
            case State.PUBLISHED:
                return self._close(self.lateness.tell(entry), marker)
            case State.SET_ASIDE:
                return self._look_after(entry, marker, jobs)
            case _:
                assert_never(entry.record.state)

    def _adopt_orphan(self, marker: Marker) -> bool:
        """
        Claim a drop whose handler died between marker and record, for the route that
        was its then: it may have gone since. Raises RecordError where the marker tells
        of more than a claim: there was a record, and there may be a job.
        """
        if marker.job or marker.state not in (State.CLAIMED, ""):
            raise RecordError(f"marker {marker.drop.drop_id}: its record is gone")
        route = self.markers.route(marker.drop.drop_id)
        # The markers of older code are empty.
        route = route or self.settings.routes.match(marker.drop.name)
        if route is None:
            raise RecordError(f"marker {marker.drop.drop_id}: no route is left for it")
        entry = self.claiming.claim(marker.drop, route)
        if entry:
            self.submission.carry_on(entry, Wait.TAKEN_OVER)
        return entry is not None

    def _look_after(self, entry: Entry, marker: Marker, jobs: list[Job]) -> bool:
        """
        Leave a held drop to its route's queue, and one that is set aside to an
        operator; but where an earlier create was in doubt, a job of it may have come to
        light. One that was set aside with its job, or its message, keeps that.
        """
        record = entry.record
        takes_one = record.in_doubt and not record.needs_no_job
        if jobs and takes_one and self.adopting.adopt(entry):
            return True
        entry = self.lateness.look(entry)
        self.markers.advise_if_news(entry.record, marker)
        return False

    def _settle(self, entry: Entry, marker: Marker) -> bool:
        """
        Find out what a create without a clear answer made, once enough time has
        passed for it to show: adopt it, or let it be created again, as the drop's
        turn comes, only if there is none.
        """
        record, now = entry.record, self.now()
        if marker.state != State.SUBMITTING:
            # Its handler died in its create.
            self.markers.doubt(record.drop_id)
        deadline = record.create_deadline or record.times.claimed
        latest = now + self.settings.time("create_deadline")
        if deadline > latest + CLOCKS_DIFFER:
            # By a clock that was ahead; what it asks for may be asked for until then.
            entry = self.ledger.move(entry, create_deadline=latest)
            return False
        # The one call may have begun right before its deadline.
        asked = deadline + self.settings.time("create_timeout")
        if now <= asked + self.settings.time("settle"):
            return False
        if self.adopting.adopt(entry):
            return True
        has_tried = record.unknown_tries >= self.settings.set_aside_tries
        if has_tried and has_waited_too_long(record, now):
            # No outage lasts that long.
            self.setting_aside.set_aside(self.lateness.look(entry))
        else:
            self.submission.holding.doubt(entry)
        return True

    def _announce(self, entry: Entry, marker: Marker) -> bool:
        announced = self.closing.announce(entry)
        self._close(announced, marker)
        return True

    def _close(self, entry: Entry, marker: Marker) -> bool:
        """
        Remove the marker, but not of a drop that is still to be told of, nor of one
        whose create was ever in doubt: a late twin of its job is looked for a while
        longer, and one that can't be asked to end is asked for as long again.
        """
        record, now = entry.record, self.now()
        sweep = self.settings.time("sweep")
        until = (record.times.published or now) + sweep
        if record.in_doubt and not is_over(until, now, longest=sweep):
            said = marker.state, marker.in_doubt, marker.look_at
            if said != (record.state, True, until):
                self.markers.advise(entry.record, look_at=until)
            return False
        if any(not late.message_id for late in record.late):
            return False
        if record.in_doubt:
            are_asked = self.twins.look_once_more(record)
            if not are_asked and not is_over(until + sweep, now, longest=2 * sweep):
                rested = now + self.settings.time("hold_max")
                self.markers.rest(record.drop_id, min(rested, until + sweep))
                return False
        self.markers.close(marker)
        log("closed", drop_id=record.drop_id)
        return True
