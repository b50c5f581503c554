"""
One tick: every open drop that can move is moved on, in the order of `turns`.

What only waits is not read: a marker says whether its drop is held and until
when, and a list of active jobs says which are still running. A job that has
left that list is fetched, and only then believed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from shared.attempts import Attempts
from shared.draining import Draining
from shared.driving import Driving
from shared.errors import PermanentError, RecordError, TransientError
from shared.jobs import Job, JobKey, JobState, shown
from shared.late_reasons import LOOK_AGAIN, OF_STATE
from shared.lateness import Lateness
from shared.logs import Severity, log
from shared.marker import Marker
from shared.markers import Markers
from shared.open_drops import log_open_drops
from shared.ports import Batches, Clock
from shared.records import State
from shared.setting_aside import SettingAside
from shared.settings import Settings
from shared.turns import Active
from shared.twins import Twins
from shared.waiting import is_over, lot, waits

# Of the ticks in which the last step is the first: where a poll dies at each try of one
# drop, no step comes after its own.
_BACKWARDS_SHARE = 1 / 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """
    What a poll did, in which time: drops that were open, that it moved on, that it
    failed to move or locations whose jobs it failed to list, and that it left for want
    of time.
    """

    open: int
    moved: int
    failed: int
    left: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """Every open drop gets on, tick by tick, or is told of as one that does not."""

    settings: Settings
    markers: Markers
    batches: Batches
    driving: Driving
    draining: Draining
    twins: Twins
    setting_aside: SettingAside
    lateness: Lateness
    now: Clock

    def tick(self) -> Tick:
        """
        Move every open drop on as far as it goes within the time budget.

        Safe beside any number of copies of itself and of event handlers; one
        drop that fails stops none of the others.
        """
        started = self.now()
        budget = self.settings.time("poll_budget")
        markers = self._markers()
        log_open_drops(markers, started)
        active = self._active(markers)
        attempts = Attempts(
            tell=partial(self._tell_failure, active), failed=len(active.unseen)
        )
        for marker in markers:
            _tell_of_paused(marker, active.of(marker.drop.drop_id))
        due = [each for each in markers if not self._only_waits(each, active)]
        drive = partial(self._drive, due, active, attempts)
        drain = partial(self.draining.drain, markers, attempts, unseen=active.unseen)
        # Each step has its share, however long those before it took.
        share = budget / 3
        if lot("backwards", started) < _BACKWARDS_SHARE:
            self._look_at_strays(markers, active, stop_at=self.now() + share)
            left = drain(stop_at=self.now() + (share if due else budget))
            left += drive(stop_at=max(self.now() + share, started + budget))
        else:
            left = drive(stop_at=self.now() + 2 * share)
            left += drain(stop_at=max(self.now() + share, started + budget))
            self._look_at_strays(markers, active, stop_at=self.now() + share)
        tick = Tick(
            open=len(markers),
            moved=attempts.moved,
            failed=attempts.failed,
            left=left,
            seconds=round((self.now() - started).total_seconds(), 3),
        )
        # Also an idle one: an alert waits for the one that does not come.
        log("tick", **asdict(tick))
        if attempts.bug:
            raise attempts.bug
        return tick

    def _drive(
        self,
        due: Iterable[Marker],
        active: Active,
        attempts: Attempts,
        *,
        stop_at: datetime,
    ) -> int:
        """Drive what can move; return how many the time did not suffice for."""
        left = 0
        for marker in active.in_turn(due, self.now):
            drop_id = marker.drop.drop_id
            if drop_id in attempts.drop_ids:
                # Its marker was read before that; the next tick reads it anew.
                continue
            if self.now() >= stop_at:
                left += 1
                continue
            with attempts.of(drop_id) as tried:
                tried.moved = self.driving.drive(marker, active.of(drop_id))
        return left

    def _look_at_strays(
        self, markers: Iterable[Marker], active: Active, *, stop_at: datetime
    ) -> None:
        # By lot: a cancel that hangs has time for no other, and would be the same one.
        strays = sorted(
            _strays(markers, active), key=lambda job: lot(job.name, stop_at)
        )
        self.twins.look_at_strays(strays, stop_at=stop_at)

    def _tell_failure(self, active: Active, drop_id: str, error: Exception) -> None:
        entry = None
        try:
            entry = self.setting_aside.count(drop_id, error)
        finally:
            # Also where the count fails: the drop did.
            log(
                "drive_failed",
                severity=Severity.ERROR,
                drop_id=drop_id,
                error=type(error).__name__,
                failures=entry.record.failures if entry else None,
            )
        if entry:
            # Whatever keeps it from getting on, it may be late.
            job = shown(entry.record.job_name, active.of(drop_id))
            self.lateness.look(entry, job)

    def _markers(self) -> list[Marker]:
        """The open drops, oldest first."""
        markers = []
        for marker in self.markers.open():
            if isinstance(marker, RecordError):
                log("bad_marker", severity=Severity.ERROR, error=str(marker))
            else:
                markers.append(marker)
        return sorted(markers, key=lambda m: (m.drop.dropped_at, m.drop.drop_id))

    def _active(self, markers: Iterable[Marker]) -> Active:
        """The deployment's active jobs by key, where an open drop may have one."""
        locations = {marker.location for marker in markers if _may_have_job(marker)}
        active = Active(jobs=defaultdict(list), unseen=set())
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

    def _only_waits(self, marker: Marker, active: Active) -> bool:
        """Whether nothing is to be done for the drop, as far as its marker tells."""
        now, jobs = self.now(), active.of(marker.drop.drop_id)
        if active.has_others(marker):
            return False
        if waits(marker.retry_at, self.settings, now):
            return True
        if marker.look_at and marker.look_at <= now:
            return False
        match marker.state:
            case State.HELD | State.SET_ASIDE:
                # What is held has a step of its own: draining.
                return _is_believed(marker, now)
            case State.SUBMITTED if marker.location in active.unseen:
                return not _is_drawn(marker, now)
            case State.SUBMITTED if jobs:
                reason = OF_STATE.get(jobs[0].state)
                is_told = reason is None or reason in marker.told
                return is_told and _is_believed(marker, now)
            case State.PUBLISHED:
                longest = self.settings.time("sweep")
                return not is_over(marker.look_at, now, longest=longest)
        return False


def _may_have_job(marker: Marker) -> bool:
    """
    Whether Vertex AI may show a job of it, or a second one: what is set aside with its
    job keeps its marker's `job`.
    """
    asked = marker.state in (State.SUBMITTING, State.SUBMITTED)
    return asked or marker.in_doubt or bool(marker.job)


def _is_believed(marker: Marker, now: datetime) -> bool:
    """Whether what the marker tells is believed, of its state, for a while longer."""
    longest = LOOK_AGAIN[State(marker.state)]
    return not is_over(marker.look_at, now, longest=longest)


def _is_drawn(marker: Marker, now: datetime) -> bool:
    """
    Whether a job is asked for by itself, since no list shows it: one in sixty, another
    one in each tick. There are too many to ask for all.
    """
    return lot(marker.drop.drop_id, now) < 1 / 60


def _strays(markers: Iterable[Marker], active: Active) -> Iterator[Job]:
    """Active jobs of ours that no open drop waits for."""
    waited_for = {str(JobKey(drop_id=marker.drop.drop_id)) for marker in markers}
    for key, jobs in active.jobs.items():
        if key not in waited_for:
            yield from jobs


def _tell_of_paused(marker: Marker, jobs: list[Job]) -> None:
    # Among the active ones, so nobody reads it; but it ends only if somebody acts.
    for job in jobs:
        if job.state is JobState.PAUSED:
            log("still_waits", drop_id=marker.drop.drop_id, state=job.state)
