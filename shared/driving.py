"""One open drop, moved on as far as it goes now; a poll has read its marker."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from shared.adopting import Adopting
from shared.closing import Closing
from shared.following import Following
from shared.holding import Wait
from shared.jobs import Job
from shared.lateness import Lateness
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.markers import Marker
from shared.ports import Clock
from shared.records import State
from shared.settings import Settings
from shared.submission import Submission
from shared.twins import Twins


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving:
    """The step of a poll that acts, with the steps and ports it needs."""

    settings: Settings
    ledger: Ledger
    adopting: Adopting
    twins: Twins
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
        now = self.now()
        match entry.record.state:
            case State.CLAIMED:
                return _is_over(entry.record.lease_until, now) and self._take_over(
                    self.lateness.look(entry)
                )
            case State.HELD:
                return self._look_after(self.lateness.look(entry), marker, jobs)
            case State.SUBMITTING:
                return self._settle(self.lateness.look(entry))
            case State.SUBMITTED:
                ended = self.following.follow(entry, marker, jobs)
                return ended is not None and self._announce(ended, marker)
            case State.PUBLISHING:
                if not _is_over(entry.record.lease_until, now):
                    return False
                return self._announce(self.closing.take_over(entry), marker)
            case State.PUBLISHED:
                return self._close(self.lateness.tell(entry), marker)
            case State.SET_ASIDE:
                self.lateness.advise(self.lateness.tell(entry), marker)
                return False
            case _:
                assert_never(entry.record.state)

    def _adopt_orphan(self, marker: Marker) -> bool:
        """
        Claim a drop whose handler died between marker and record, for the route that
        was its then: it may have gone since.
        """
        route = self.ledger.marked_route(marker.drop.drop_id)
        entry = self.submission.claim(marker.drop, route)
        if entry:
            self.submission.carry_on(entry)
        return entry is not None

    def _take_over(self, entry: Entry) -> bool:
        lease = self.now() + self.settings.time("claim_lease")
        self.submission.carry_on(self.ledger.move(entry, lease_until=lease))
        return True

    def _look_after(self, entry: Entry, marker: Marker, jobs: list[Job]) -> bool:
        """
        Leave a held drop to its route's queue; but where an earlier create was in
        doubt, a job of it may have come to light.
        """
        if jobs and entry.record.in_doubt and self.adopting.adopt(entry):
            return True
        self.lateness.advise(entry, marker)
        return False

    def _settle(self, entry: Entry) -> bool:
        """
        Find out what a create without a clear answer made, once enough time has
        passed for it to show: adopt it, or let it be created again, as the drop's
        turn comes, only if there is none.
        """
        record = entry.record
        asked = record.create_deadline or record.times.claimed
        if self.now() <= asked + self.settings.time("settle"):
            return False
        if not self.adopting.adopt(entry):
            self.submission.holding.wait(entry, Wait.NOT_MADE, in_doubt=True)
        return True

    def _announce(self, entry: Entry, marker: Marker) -> bool:
        announced = self.closing.announce(entry)
        self._close(announced, marker)
        return True

    def _close(self, entry: Entry, marker: Marker) -> bool:
        """
        Remove the marker, but for a drop of which a word is still to go out; and for
        one whose create was ever in doubt: a late twin of its job is looked for a
        while longer.
        """
        record = entry.record
        published = record.times.published or self.now()
        if record.in_doubt and self.now() < published + self.settings.time("sweep"):
            if not marker.in_doubt or marker.state != record.state:
                self.ledger.advise(entry)
            return False
        if any(not late.message_id for late in record.late):
            return False
        self.ledger.close(marker)
        log("closed", drop_id=record.drop_id)
        return True


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is None or until <= now
