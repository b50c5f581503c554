"""The held drops of a tick, one queue for each route, and whose turn is next."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.drops import Drop
from shared.marker import Marker
from shared.ports import Clock
from shared.records import State
from shared.routes import Route
from shared.waiting import lot

# What a job is made of, or may have been; an empty state is a job that is missing.
_IN_FLIGHT = frozenset({State.SUBMITTING, State.SUBMITTED, ""})
# Hundreds that fail again and again would take the time of those behind them.
_MOST_FAILED = 20
# A turn that takes longer puts the others first, also where jobs are made: a call
# hangs, or a large file is checked. Turns that make none do so together.
_LONG_SECONDS = 10
# Of the ticks in which what may fail comes after all else. In every one, it would
# have no share of a cap; in none, a look-up that hangs could be first in each tick.
_FAILS_LAST_SHARE = 1 / 2
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Queue:
    """
    The held drops of a route, first in first out; drops that no route is left for
    have a queue of their own, without a `route`. `in_flight` are its jobs, as far as
    markers tell; `unknown` are its creates in a row that had no clear answer, and it
    `works` if one of them made a job. `long` is how many seconds its turns took that
    count; once it `is_over` it has no more.
    """

    route: Route | None
    waiting: deque[Marker] = field(default_factory=deque)
    in_flight: int = 0
    last_served: datetime = _NEVER
    failed: int = 0
    unknown: int = 0
    works: bool = False
    long: float = 0
    is_over: bool = False
    left_out: list[Marker] = field(default_factory=list)

    @property
    def head(self) -> Drop:
        """The drop whose turn it is."""
        return self.waiting[0].drop

    @property
    def location(self) -> str:
        """Where its drop's job is to run."""
        return self.waiting[0].location

    @property
    def asks(self) -> tuple[str, str]:
        """Of which location, and of which model there, as the route is today."""
        return self.location, self.route.model if self.route else ""

    @property
    def held(self) -> list[Marker]:
        """All that wait, also those that a failure has cost their turn."""
        return [*self.left_out, *self.waiting]

    def may_fail(self, marker: Marker) -> bool:
        """
        Whether its drop may come to the same error again, or to a look-up's, or to
        what its route was moved away from.
        """
        has_moved = self.route and self.route.location != marker.location
        return bool(marker.retry_at or marker.in_doubt or has_moved)

    def put_last_what_may_fail(self, now: datetime) -> None:
        """
        What has failed by lot, since a poll may die at one; what has not in its order,
        before all of that or after it, by lot: it may hang as well.
        """

        def place(marker: Marker) -> float:
            if not self.may_fail(marker):
                return 0
            if marker.retry_at:
                return 1 + lot(marker.drop.drop_id, now)
            return 1 + round(lot("order", now))

        self.waiting = deque(sorted(self.waiting, key=place))

    def leave_out_failed(self, now: datetime) -> None:
        """Let what has failed before wait for another tick, but for a few, by lot."""
        failed = [marker for marker in self.waiting if marker.retry_at]
        failed.sort(key=lambda marker: lot(marker.drop.drop_id, now))
        left_out = {marker.drop.drop_id for marker in failed[_MOST_FAILED:]}
        self.left_out += failed[_MOST_FAILED:]
        self.waiting = deque(
            each for each in self.waiting if each.drop.drop_id not in left_out
        )


def queues_of(
    markers: Iterable[Marker],
    match: Callable[[str], Route | None],
    rests: Callable[[Marker], bool],
    now: datetime,
) -> list[Queue]:
    """
    Return a queue for each route of which a marker is held, as their turns come: the
    one that was served longest ago first, as far as markers tell, and by lot where they
    don't. What has no answer yet was served, what was refused was not. Within a queue
    they are in the order in which they are given. What `rests` after a failure is left
    out, as are those that failed before, if they are many.
    """
    queues: dict[str | None, Queue] = {}
    for marker in markers:
        if marker.state not in _IN_FLIGHT and marker.state != State.HELD:
            continue
        route = match(marker.drop.name)
        queue = queues.setdefault(route.prefix if route else None, Queue(route=route))
        if marker.state == State.HELD:
            (queue.left_out if rests(marker) else queue.waiting).append(marker)
        else:
            queue.in_flight += 1
        if marker.submitted_at:
            queue.last_served = max(queue.last_served, marker.submitted_at)
    for queue in queues.values():
        queue.leave_out_failed(now)
    waiting = [queue for queue in queues.values() if queue.waiting]
    return sorted(
        waiting,
        key=lambda queue: (queue.last_served, lot(queue.head.drop_id, now)),
    )


def in_turn(
    queues: Iterable[Queue], unseen: Container[str], now: Clock
) -> Iterator[Queue]:
    """
    Yield each queue as its turn comes, round and round until it is over. One whose
    turns took long comes after the others of its location, and all of those after
    another's. Those of a location that gives no list come after all of these; and in
    half of the ticks what may fail is last, in its queue, by lot, and among queues.
    """
    turns, of_location, started = list(queues), defaultdict[str, float](float), now()
    fails_last = lot("failed", started) < _FAILS_LAST_SHARE
    if fails_last:
        for each in turns:
            each.put_last_what_may_fail(started)

    def comes(queue: Queue) -> tuple[bool, bool, float]:
        fails = fails_last and queue.may_fail(queue.waiting[0])
        where = queue.location
        long = of_location[where] + queue.long
        return fails, where in unseen, long // _LONG_SECONDS

    while turns:
        queue, begun = min(turns, key=comes), now()
        turns.remove(queue)
        where = queue.location
        yield queue
        took = (now() - begun).total_seconds()
        if queue.works or queue.is_over:
            took = max(took - _LONG_SECONDS, 0)
        queue.long += took
        of_location[where] += took
        if not queue.is_over:
            turns.append(queue)


def in_flight(markers: Iterable[Marker]) -> int:
    """How many jobs there are, or may be, as far as markers tell."""
    return sum(marker.state in _IN_FLIGHT for marker in markers)


def unsettled(markers: Iterable[Marker]) -> Counter[str]:
    """
    How many creates without an answer there are in each location of which the job
    can't be looked for: that has failed.
    """
    return Counter(
        marker.location
        for marker in markers
        if marker.state == State.SUBMITTING and marker.retry_at
    )
