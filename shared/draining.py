"""
What is held gets its job: a step of each tick.

First in first out within a route, and routes take turns, one create each. While the
first of a route has to wait, nothing behind it is read; nor is anything of a route
that is switched off, or at one of its caps (docs/decisions/010).
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.adopting import Adopting
from shared.attempts import Attempts
from shared.brakes import Brake, Brakes
from shared.errors import CreateHeldError, PermanentError, RecordError
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.marker import Marker
from shared.markers import Markers
from shared.ports import Clock
from shared.queues import Queue, in_flight, in_turn, queues_of, unsettled
from shared.records import Counted, State
from shared.route_notes import RouteNotes
from shared.settings import Settings
from shared.submission import Submission
from shared.taking_over import TakingOver
from shared.waiting import waits

# A drop that fails is left out, and the next one has its turn; where two in a row
# fail, it may not be their fault.
_MOST_FAILED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """
    Whether the head of a queue moved, and what it has to wait for; if it `rests`, it
    alone has to, and those behind it have not.
    """

    moved: bool = False
    brake: Brake | None = None
    rests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draining:
    """Each route gets the jobs that it may have now, in the order of its drops."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    notes: RouteNotes
    adopting: Adopting
    taking_over: TakingOver
    submission: Submission
    now: Clock

    def drain(
        self,
        markers: Sequence[Marker],
        attempts: Attempts,
        *,
        unseen: Container[str],
        stop_at: datetime,
    ) -> int:
        """
        Create jobs for held drops, in the order of their markers, until none may go
        on; return how many the time did not suffice for. What is in doubt rests while
        its location, being `unseen`, gives no list. Safe beside any number of copies of
        itself.
        """

        def rests(marker: Marker) -> bool:
            is_away = marker.in_doubt and marker.location in unseen
            return is_away or waits(marker.retry_at, self.settings, self.now())

        brakes = Brakes(
            settings=self.settings,
            in_flight=in_flight(markers),
            unsettled=unsettled(markers),
            stop_at=stop_at,
            now=self.now,
        )
        queues = queues_of(markers, self.settings.routes.match, rests, self.now())
        left = 0
        for queue in in_turn(queues, unseen, self.now):
            brake = brakes.on(queue) or self._serve(queue, brakes, attempts)
            if brake is None and queue.waiting:
                continue
            queue.is_over = True
            left += len(queue.waiting) if brake is Brake.TIME else 0
            self._tell(queue, brake)
        return left

    def _serve(self, queue: Queue, brakes: Brakes, attempts: Attempts) -> Brake | None:
        """
        Give the head of the queue its turn; return what keeps the queue from its next.
        The head leaves the queue, unless it is what waits.
        """
        head, turn = queue.waiting[0], _Turn()
        with attempts.of(head.drop.drop_id) as tried:
            turn = self._take(head, queue, brakes)
            tried.moved = turn.moved
        brake = turn.brake
        if tried.error or turn.rests:
            # A record that makes no sense says nothing about the others, nor does
            # one that has failed before: twenty of those would end each of its turns.
            is_news = not isinstance(tried.error, PermanentError) and not head.retry_at
            queue.failed += is_news
            queue.left_out.append(head)
            brake = Brake.FAILURES if queue.failed >= _MOST_FAILED else None
        else:
            queue.failed = 0
        if brake in (None, Brake.FAILURES):
            queue.waiting.popleft()
        return brake

    def _take(self, marker: Marker, queue: Queue, brakes: Brakes) -> _Turn:
        entry = self.ledger.read(marker.drop.drop_id)
        if entry is None:
            return _Turn()
        record = entry.record
        if record.state is not State.HELD:
            # A marker that lags: the next tick knows what it is.
            self.markers.advise(entry.record)
            return _Turn()
        if waits(record.not_before, self.settings, self.now()):
            self.markers.advise(entry.record)
            return _Turn(brake=Brake.BACKOFF)
        if record.in_doubt and self.adopting.adopt(entry):
            brakes.asked(queue)
            return _Turn(moved=True)
        if not self.submission.staging.is_staged(record):
            held = self.taking_over.carry_on(entry)
            if held is None:
                return _Turn(moved=True)
            entry, record = held, held.record
        try:
            counted = self._count(entry, queue)
        except RecordError:
            # The route's note is newer code's: it is the route that waits.
            counted = Brake.ROWS_PER_DAY
        if isinstance(counted, Brake):
            return _Turn(brake=counted)
        # While a route waits, nobody reads what a marker says is held: so before it
        # may have a job, its marker must not say so any more.
        self.markers.unhold(record.drop_id)
        brakes.asked(queue)
        holds_route = self.submission.holding.holds_route(record)
        said = self.submission.create(
            entry, counted=counted, not_after=_last_moment(queue, counted)
        )
        brake = brakes.answered(
            queue, record.route.location, said, holds_route=holds_route
        )
        # What is held for no quota says nothing about the others.
        rests = isinstance(said, CreateHeldError) and brake is None
        return _Turn(moved=True, brake=brake, rests=rests)

    def _count(self, entry: Entry, queue: Queue) -> Counted | Brake | None:
        """
        Count the drop's rows where the route of today has a cap, once a day and route
        however often Vertex AI says not now; return for what they are counted.
        """
        record, route = entry.record, queue.route
        counted, most = record.counted, route.limits.rows_per_day if route else None
        if route is None or most is None:
            return counted
        is_known = counted is not None and counted.route == route.prefix
        if counted and is_known and self.now() < counted.until:
            return counted
        day = self.notes.count(route.prefix, record.rows, most=most)
        return Counted(route=route.prefix, day=day) if day else Brake.ROWS_PER_DAY

    def _tell(self, queue: Queue, brake: Brake | None) -> None:
        """Say what waits, to people and to `submit_job`."""
        held = queue.held
        if queue.route:
            self.notes.tell(queue.route.prefix, held=bool(held))
        if held:
            age = self.now() - min(marker.drop.dropped_at for marker in held)
            log(
                "route_waits",
                route=queue.route.prefix if queue.route else None,
                reason=brake or Brake.FAILURES,
                held=len(held),
                oldest_seconds=round(age.total_seconds(), 3),
            )


def _last_moment(queue: Queue, counted: Counted | None) -> datetime | None:
    """Until when rows may be asked for: where there is a cap, in the day they count."""
    is_capped = queue.route and queue.route.limits.rows_per_day is not None
    return counted.until if counted and is_capped else None
