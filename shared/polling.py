"""
One tick: every open drop that can move is moved on, oldest first.

What only waits is not read: a marker says whether its drop is held and until
when, and a list of active jobs says which are still running. A job that has
left that list is fetched, and only then believed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from shared.closing import Closing
from shared.errors import (
    LostRaceError,
    PermanentError,
    RecordError,
    TransientError,
)
from shared.following import Following
from shared.jobs import Job, JobKey, JobState
from shared.ledger import Entry, Ledger, Marker
from shared.logs import Severity, log
from shared.open_drops import log_open_drops
from shared.ports import Batches, Clock
from shared.records import State
from shared.settings import Settings
from shared.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What a poll did: open drops seen, moved on, and failed to move, in which time."""

    open: int
    moved: int
    failed: int
    left: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Active:
    """Jobs that may still change, by key, and the locations that gave no list."""

    jobs: dict[str, list[Job]]
    unseen: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """The use case, with the steps and ports it needs."""

    settings: Settings
    ledger: Ledger
    batches: Batches
    following: Following
    submission: Submission
    closing: Closing
    now: Clock

    def tick(self) -> Tick:
        """
        Move every open drop on as far as it goes within the time budget.

        Safe beside any number of copies of itself and of event handlers; one
        drop that fails stops none of the others.
        """
        started = self.now()
        stop_at = started + self.settings.time("poll_budget")
        markers = self._markers()
        log_open_drops(markers, started)
        active = self._active(markers)
        moved, left, failed = 0, 0, len(active.unseen)
        bug: Exception | None = None
        for marker in markers:
            jobs = active.jobs.get(str(JobKey(drop_id=marker.drop.drop_id)), [])
            _tell_of_paused(marker, jobs)
            if self._only_waits(marker, jobs, active.unseen):
                continue
            if self.now() >= stop_at:
                left += 1
                continue
            try:
                moved += self._drive(marker, jobs)
            except LostRaceError as error:
                log("lost_race", drop_id=error.drop_id)
            except Exception as error:  # noqa: BLE001  # raised below, after the others
                failed += 1
                log(
                    "drive_failed",
                    severity=Severity.ERROR,
                    drop_id=marker.drop.drop_id,
                    error=type(error).__name__,
                )
                if not isinstance(error, PermanentError | TransientError):
                    bug = error
        if bug:
            raise bug
        return Tick(
            open=len(markers),
            moved=moved,
            failed=failed,
            left=left,
            seconds=round((self.now() - started).total_seconds(), 3),
        )

    def _markers(self) -> list[Marker]:
        markers = []
        for marker in self.ledger.open():
            if isinstance(marker, RecordError):
                log("bad_marker", severity=Severity.ERROR, error=str(marker))
            else:
                markers.append(marker)
        return sorted(markers, key=lambda m: (m.drop.dropped_at, m.drop.drop_id))

    def _active(self, markers: Iterable[Marker]) -> _Active:
        """The deployment's active jobs by key, where a drop waits for one."""
        locations = {
            m.location for m in markers if m.state == State.SUBMITTED or m.in_doubt
        }
        active = _Active(jobs=defaultdict(list), unseen=set())
        for location in sorted(locations):
            try:
                for job in self.batches.active(location):
                    active.jobs[job.key].append(job)
            except (PermanentError, TransientError) as error:
                # What can't be seen waits; everything else goes on.
                active.unseen.add(location)
                log(
                    "list_failed",
                    severity=Severity.ERROR,
                    location=location,
                    error=type(error).__name__,
                )
        return active

    def _only_waits(self, marker: Marker, jobs: list[Job], unseen: set[str]) -> bool:
        if marker.state == State.SUBMITTED and marker.location in unseen:
            return True
        if marker.in_doubt:
            return False
        if marker.state == State.HELD:
            return marker.held_until is not None and marker.held_until > self.now()
        return marker.state == State.SUBMITTED and len(jobs) == 1

    def _drive(self, marker: Marker, jobs: list[Job]) -> bool:
        """Move one drop on as far as it goes now; return whether it moved."""
        entry = self.ledger.read(marker.drop.drop_id)
        if entry is None:
            return self._adopt_orphan(marker)
        self.following.cancel_twins(entry.record, jobs)
        now = self.now()
        match entry.record.state:
            case State.CLAIMED:
                return _is_over(entry.record.lease_until, now) and self._take_over(
                    entry
                )
            case State.HELD:
                return self._try_again(entry)
            case State.SUBMITTING:
                return self._settle(entry)
            case State.SUBMITTED:
                ended = self.following.follow(entry, marker, jobs)
                return ended is not None and self._announce(ended, marker)
            case State.PUBLISHING:
                if not _is_over(entry.record.lease_until, now):
                    return False
                return self._announce(self.closing.take_over(entry), marker)
            case State.PUBLISHED:
                return self._close(entry, marker)
            case _:
                assert_never(entry.record.state)

    def _adopt_orphan(self, marker: Marker) -> bool:
        """Claim a drop whose handler died between marker and record."""
        route = self.settings.routes.match(marker.drop.name)
        if route is None:
            raise RecordError(f"marker {marker.drop.drop_id}: no route is left for it")
        entry = self.submission.claim(marker.drop, route)
        if entry:
            self.submission.carry_on(entry)
        return entry is not None

    def _take_over(self, entry: Entry) -> bool:
        lease = self.now() + self.settings.time("claim_lease")
        self.submission.carry_on(self.ledger.move(entry, lease_until=lease))
        return True

    def _try_again(self, entry: Entry) -> bool:
        if not _is_over(entry.record.not_before, self.now()):
            self.ledger.advise(entry)
            return False
        self.submission.create(entry)
        return True

    def _settle(self, entry: Entry) -> bool:
        """
        Find out what a create without a clear answer made, once enough time has
        passed for it to show: adopt it, or create again only if there is none.
        """
        record = entry.record
        asked = record.create_deadline or record.times.claimed
        if self.now() <= asked + self.settings.time("settle"):
            return False
        found = self.batches.find(record.route.location, str(record.job_key))
        if found:
            log("adopted", drop_id=record.drop_id, job=found[0].name)
            self.submission.submitted(entry, found[0], in_doubt=True)
        else:
            self.submission.create(entry, in_doubt=True)
        return True

    def _announce(self, entry: Entry, marker: Marker) -> bool:
        announced = self.closing.announce(entry)
        self._close(announced, marker)
        return True

    def _close(self, entry: Entry, marker: Marker) -> bool:
        """
        Remove the marker, but for a drop whose create was ever in doubt: a late
        twin of its job is looked for a while longer.
        """
        record = entry.record
        published = record.times.published or self.now()
        if record.in_doubt and self.now() < published + self.settings.time("sweep"):
            if not marker.in_doubt:
                self.ledger.advise(entry)
            return False
        self.ledger.close(marker)
        log("closed", drop_id=record.drop_id)
        return True


def _tell_of_paused(marker: Marker, jobs: list[Job]) -> None:
    # Among the active ones, so nobody reads it; but it ends only if somebody acts.
    for job in jobs:
        if job.state is JobState.PAUSED:
            log("still_waits", drop_id=marker.drop.drop_id, state=job.state)


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is None or until <= now
