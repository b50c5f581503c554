"""
What is held gets its job: the last step of a tick.

First in first out within a route, and routes take turns, one create each. While the
first of a route has to wait, nothing behind it is read; nor is anything of a route
that is switched off, or at one of its caps (docs/decisions/010).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.adopting import Adopting
from shared.attempts import Attempts
from shared.brakes import Brake, Brakes
from shared.errors import PermanentError
from shared.ledger import Entry, Ledger
from shared.lines import Line, in_flight, lines_of
from shared.logs import log
from shared.markers import Marker, Markers
from shared.ports import Clock
from shared.queues import Queues
from shared.records import Counted, State
from shared.settings import Settings
from shared.submission import Submission
from shared.waiting import is_over

# A drop that fails is left out, and the next one has its turn; where two in a row
# fail, it may not be their fault.
_MOST_FAILED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Draining:
    """The use case, with the steps and ports it needs."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    queues: Queues
    adopting: Adopting
    submission: Submission
    now: Clock

    def drain(
        self, markers: Sequence[Marker], attempts: Attempts, *, stop_at: datetime
    ) -> int:
        """
        Create jobs for held drops until none may go on; return how many the time
        did not suffice for. Safe beside any number of copies of itself.
        """
        brakes = Brakes(
            settings=self.settings,
            in_flight=in_flight(markers),
            stop_at=stop_at,
            now=self.now,
        )
        lines = lines_of(markers, self.settings.routes.match, self._rests)
        turns, left = deque(lines), 0
        while turns:
            line = turns.popleft()
            brake = brakes.on(line) or self._serve(line, brakes, attempts)
            if brake is None and line.waiting:
                turns.append(line)
                continue
            left += len(line.waiting) if brake is Brake.TIME else 0
            self._tell(line, brake)
        return left

    def _serve(self, line: Line, brakes: Brakes, attempts: Attempts) -> Brake | None:
        """
        Give the head of the line its turn; return what keeps the line from its next.
        The head leaves the line, unless it is what waits.
        """
        head = line.waiting[0]
        brake: Brake | None = None

        def serve() -> bool:
            nonlocal brake
            moved, brake = self._take(head, line, brakes)
            return moved

        error = attempts.make(head.drop.drop_id, serve)
        if error or brake is Brake.RESTS:
            # A record that makes no sense says nothing about the others.
            line.failed += not isinstance(error, PermanentError)
            line.left_out.append(head)
            brake = Brake.FAILURES if line.failed >= _MOST_FAILED else None
        else:
            line.failed = 0
        if brake in (None, Brake.FAILURES):
            line.waiting.popleft()
        return brake

    def _take(
        self, marker: Marker, line: Line, brakes: Brakes
    ) -> tuple[bool, Brake | None]:
        """Whether the drop moved, and what it has to wait for."""
        entry = self.ledger.read(marker.drop.drop_id)
        if entry is None:
            return False, None
        record = entry.record
        if record.state is not State.HELD:
            # A marker that lags: the next tick knows what it is.
            self.markers.advise(entry.record)
            return False, None
        longest = self.settings.time("hold_max")
        if not is_over(record.not_before, self.now(), longest=longest):
            self.markers.advise(entry.record)
            return False, Brake.BACKOFF
        if record.in_doubt and self.adopting.adopt(entry):
            brakes.asked(line)
            return True, None
        counted = self._count(entry, line)
        if isinstance(counted, Brake):
            return False, counted
        # While a route waits, nobody reads what a marker says is held: so before it
        # may have a job, its marker must not say so any more.
        self.markers.unhold(record.drop_id)
        renewed = self.submission.staging.renew(entry)
        if renewed is None:
            return True, None
        brakes.asked(line)
        said = self.submission.create(renewed, counted=counted)
        return True, brakes.answered(line, record.route.location, said)

    def _rests(self, marker: Marker) -> bool:
        longest = self.settings.time("hold_max")
        return not is_over(marker.retry_at, self.now(), longest=longest)

    def _count(self, entry: Entry, line: Line) -> Counted | Brake | None:
        """
        Count the drop's rows where the route of today has a cap, once a day and route
        however often Vertex AI says not now; return for what they are counted.
        """
        record, route = entry.record, line.route
        counted, most = record.counted, route.limits.rows_per_day if route else None
        if route is None or most is None:
            return counted
        is_known = counted is not None and counted.route == route.prefix
        if counted and is_known and counted.day >= self.now().date():
            return counted
        rows = record.checked.rows if record.checked else 0
        day = self.queues.count(route.prefix, rows, most=most)
        return Counted(route=route.prefix, day=day) if day else Brake.ROWS_PER_DAY

    def _tell(self, line: Line, brake: Brake | None) -> None:
        """Say what waits, to people and to `submit_job`."""
        held = line.held
        if line.route:
            self.queues.tell(line.route.prefix, held=bool(held))
        if held:
            age = self.now() - min(marker.drop.dropped_at for marker in held)
            log(
                "route_waits",
                route=line.route.prefix if line.route else None,
                reason=brake or Brake.FAILURES,
                held=len(held),
                oldest_seconds=round(age.total_seconds(), 3),
            )
