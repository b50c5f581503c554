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

from shared.closing import Closing, end
from shared.errors import (
    LostRaceError,
    MissingError,
    PermanentError,
    RecordError,
    TransientError,
)
from shared.jobs import Job, JobKey, raw_folder
from shared.ledger import Entry, Ledger, Marker
from shared.logs import Severity, log
from shared.outcomes import Ending, Fault, Outcome, Reason, ending_of
from shared.ports import Batches, Clock, Objects
from shared.records import Record, State
from shared.settings import Settings
from shared.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What a poll did: open drops seen, moved on, and failed to move."""

    open: int
    moved: int
    failed: int
    left: int


class Polling:
    """The use case, with the ports it works on."""

    def __init__(
        self,
        *,
        settings: Settings,
        ledger: Ledger,
        objects: Objects,
        batches: Batches,
        submission: Submission,
        closing: Closing,
        now: Clock,
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._objects = objects
        self._batches = batches
        self._submission = submission
        self._closing = closing
        self._now = now

    def tick(self) -> Tick:
        """
        Move every open drop on as far as it goes within the time budget.

        Safe beside any number of copies of itself and of event handlers; one
        drop that fails stops none of the others.
        """
        stop_at = self._now() + self._settings.time("poll_budget")
        markers = self._markers()
        if not markers:
            return Tick(open=0, moved=0, failed=0, left=0)
        active = self._active(markers)
        moved = failed = left = 0
        for marker in markers:
            jobs = active.get(str(JobKey(drop_id=marker.drop.drop_id)), [])
            if self._only_waits(marker, jobs):
                continue
            if self._now() >= stop_at:
                left += 1
                continue
            try:
                moved += self._drive(marker, jobs)
            except LostRaceError as error:
                log("lost_race", drop_id=error.drop_id)
            except (PermanentError, TransientError) as error:
                failed += 1
                log(
                    "drive_failed",
                    severity=Severity.ERROR,
                    drop_id=marker.drop.drop_id,
                    error=type(error).__name__,
                )
        return Tick(open=len(markers), moved=moved, failed=failed, left=left)

    def _markers(self) -> list[Marker]:
        markers = []
        for marker in self._ledger.open():
            if isinstance(marker, RecordError):
                log("bad_marker", severity=Severity.ERROR, error=str(marker))
            else:
                markers.append(marker)
        return sorted(markers, key=lambda marker: marker.drop.dropped_at)

    def _active(self, markers: Iterable[Marker]) -> dict[str, list[Job]]:
        """The deployment's active jobs by key, where a drop waits for one."""
        locations = {
            m.location for m in markers if m.state == State.SUBMITTED or m.in_doubt
        }
        jobs = defaultdict(list)
        for location in sorted(locations - {""}):
            for job in self._batches.active(location):
                jobs[job.key].append(job)
        return jobs

    def _only_waits(self, marker: Marker, jobs: list[Job]) -> bool:
        if marker.in_doubt:
            return False
        if marker.state == State.HELD:
            return marker.held_until is not None and marker.held_until > self._now()
        return marker.state == State.SUBMITTED and len(jobs) == 1

    def _drive(self, marker: Marker, jobs: list[Job]) -> bool:
        """Move one drop on as far as it goes now; return whether it moved."""
        entry = self._ledger.read(marker.drop.drop_id)
        if entry is None:
            return self._adopt_orphan(marker)
        self._cancel_twins(entry.record, jobs)
        now = self._now()
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
                ended = self._follow(entry, marker, jobs)
                return ended is not None and self._announce(ended, marker)
            case State.PUBLISHING:
                over = _is_over(entry.record.lease_until, now)
                return over and self._announce(entry, marker)
            case State.PUBLISHED:
                return self._close(entry.record, marker)
            case _:
                assert_never(entry.record.state)

    def _adopt_orphan(self, marker: Marker) -> bool:
        """Claim a drop whose handler died between marker and record."""
        route = self._settings.routes.match(marker.drop.name)
        if route is None:
            raise RecordError(f"marker {marker.drop.drop_id}: no route is left for it")
        entry = self._submission.claim(marker.drop, route)
        if entry:
            self._submission.carry_on(entry)
        return entry is not None

    def _take_over(self, entry: Entry) -> bool:
        lease = self._now() + self._settings.time("claim_lease")
        self._submission.carry_on(self._ledger.move(entry, lease_until=lease))
        return True

    def _try_again(self, entry: Entry) -> bool:
        if not _is_over(entry.record.not_before, self._now()):
            self._ledger.advise(entry)
            return False
        self._submission.create(entry)
        return True

    def _settle(self, entry: Entry) -> bool:
        """
        Find out what a create without a clear answer made, once enough time has
        passed for it to show: adopt it, or create again only if there is none.
        """
        record = entry.record
        asked = record.create_deadline or record.times.claimed
        if self._now() <= asked + self._settings.time("settle"):
            return False
        found = self._batches.find(record.route.location, str(record.job_key))
        if found:
            log("adopted", drop_id=record.drop_id, job=found[0].name)
            self._submission.submitted(entry, found[0], in_doubt=True)
        else:
            self._submission.create(entry, in_doubt=True)
        return True

    def _follow(self, entry: Entry, marker: Marker, jobs: list[Job]) -> Entry | None:
        """Return the entry with its message frozen if the drop's job has ended."""
        record = entry.record
        job = next((j for j in jobs if _is_same(j.name, record.job_name)), None)
        if job is None:
            try:
                job = self._batches.get(record.job_name)
            except MissingError:
                return self._missing(entry)
            if job.state.is_final:
                return self._end(entry, job)
            if record.missing_since:
                entry = self._ledger.move(entry, missing_since=None)
            log("still_waits", drop_id=record.drop_id, state=job.state)
        if marker.state != State.SUBMITTED or marker.in_doubt != record.in_doubt:
            self._ledger.advise(entry)
        return None

    def _end(self, entry: Entry, job: Job) -> Entry:
        record = entry.record
        rows = record.checked.rows if record.checked else 0
        return end(
            entry,
            ending_of(job, rows=rows),
            ledger=self._ledger,
            settings=self._settings,
            now=self._now,
            raw_folders=self._raw_folders(record, job),
        )

    def _missing(self, entry: Entry) -> Entry | None:
        """A job that can't be found is lost only when that has lasted."""
        now, since = self._now(), entry.record.missing_since
        if since is None:
            log("job_missing", severity=Severity.ERROR, drop_id=entry.record.drop_id)
            self._ledger.move(entry, missing_since=now)
            return None
        if now < since + self._settings.time("job_lost"):
            return None
        fault = Fault(
            code="NOT_FOUND",
            message="Vertex AI no longer knows the job: whatever it wrote is in the "
            "raw folder; drop the file again for the rest",
            retryable=True,
        )
        return end(
            entry,
            Ending(outcome=Outcome.FAILED, reason=Reason.JOB_LOST, fault=fault),
            ledger=self._ledger,
            settings=self._settings,
            now=self._now,
            raw_folders=self._raw_folders(entry.record, None),
        )

    def _raw_folders(self, record: Record, job: Job | None) -> tuple[str, ...]:
        """The folders that Vertex wrote for the drop, as it says or as they lie."""
        if job and job.output_directory:
            return (job.output_directory.rstrip("/") + "/",)
        bucket = self._settings.results_bucket
        prefix = raw_folder(record.drop, record.route, record.job_key)
        folders = {
            info.name[: info.name.index("/", len(prefix)) + 1]
            for info in self._objects.list(bucket, prefix)
            if "/" in info.name[len(prefix) :]
        }
        return tuple(f"gs://{bucket}/{folder}" for folder in sorted(folders))

    def _announce(self, entry: Entry, marker: Marker) -> bool:
        announced = self._closing.announce(entry)
        self._close(announced.record, marker)
        return True

    def _close(self, record: Record, marker: Marker) -> bool:
        """
        Remove the marker, but for a drop whose create was ever in doubt: a late
        twin of its job is looked for a while longer.
        """
        published = record.times.published or self._now()
        watch = record.in_doubt
        if watch and self._now() < published + self._settings.time("sweep"):
            return False
        self._ledger.close(marker)
        log("closed", drop_id=record.drop_id)
        return True

    def _cancel_twins(self, record: Record, jobs: list[Job]) -> None:
        """Cancel every active job of the drop's key that is not the drop's."""
        if not record.job_name:
            return
        for job in jobs:
            if not _is_same(job.name, record.job_name):
                log(
                    "twin_cancelled",
                    severity=Severity.ERROR,
                    drop_id=record.drop_id,
                    job=job.name,
                )
                self._batches.cancel(job.name)


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is None or until <= now


def _is_same(name: str, other: str) -> bool:
    # Ids are unique to Google; the project before them may be a number or a name.
    return name.rpartition("/")[2] == other.rpartition("/")[2]
