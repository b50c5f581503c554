"""What keeps a route's held drops from a job in one tick."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.errors import (
    CreateError,
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
)
from shared.holding import QUOTA, Wait
from shared.ports import Clock
from shared.queues import Queue
from shared.settings import Settings
from shared.waiting import waits

# From a service that is away each create comes back as a doubt, and a doubt takes
# a while to settle.
_MOST_UNKNOWN = 3
# A quota that is used up may be one model's, which may have none at all.
_MOST_REFUSED = 3
# It may be the location's where models are told so that have made jobs in this tick,
# and none is made in between: two, and each is believed at once; four, and all are.
_MAY_BE_ALL = 2
_ARE_ALL = 4


class Brake(StrEnum):
    """Why a queue does not move on in this tick."""

    BACKOFF = "backoff"
    DISABLED = "disabled"
    FAILURES = "failures"
    JOBS = "jobs"
    JOBS_OF_ROUTE = "jobs_of_route"
    QUOTA = "quota"
    ROWS_PER_DAY = "rows_per_day"
    TIME = "time"
    TOO_LATE = "too_late"
    UNKNOWN_OUTCOMES = "unknown_outcomes"


@dataclass(slots=True, kw_only=True)
class Brakes:
    """
    What a tick knows of quotas and caps. Caps on jobs are soft: `in_flight` is what
    markers told when the tick began, and what it has asked for itself since; what is
    `unsettled` takes places in its own location alone.
    """

    settings: Settings
    in_flight: int
    unsettled: Counter[str]
    stop_at: datetime
    now: Clock
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    made: set[tuple[str, str]] = field(default_factory=set)
    used_up: defaultdict[str, set[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    unknown: Counter[str] = field(default_factory=Counter)

    def on(self, queue: Queue) -> Brake | None:
        """What keeps the head of the queue from its turn, told without reading it."""
        route, head = queue.route, queue.waiting[0]
        jobs = route.limits.jobs if route else None
        now = self.now()
        if route and not route.enabled:
            return Brake.DISABLED
        if waits(head.held_until, self.settings, now):
            return Brake.BACKOFF
        used_up = len(self.used_up[queue.location])
        most = 1 if used_up >= _MAY_BE_ALL else _MOST_REFUSED
        if self.refused[queue.asks] >= most or used_up >= _ARE_ALL:
            return Brake.QUOTA
        # Where models are away, the routes of others go on.
        of_others = 0 if queue.works else self.unknown[queue.location]
        if max(of_others, queue.unknown) >= _MOST_UNKNOWN:
            return Brake.UNKNOWN_OUTCOMES
        elsewhere = self.unsettled.total() - self.unsettled[queue.location]
        if self.settings.jobs and self.in_flight - elsewhere >= self.settings.jobs:
            return Brake.JOBS
        if jobs and queue.in_flight >= jobs:
            return Brake.JOBS_OF_ROUTE
        return Brake.TIME if now >= self.stop_at else None

    def asked(self, queue: Queue) -> None:
        """Count a job that is about to be, or may have been, made."""
        queue.in_flight += 1
        self.in_flight += 1

    def answered(
        self,
        queue: Queue,
        location: str,
        said: CreateError | None,
        *,
        holds_route: bool,
    ) -> Brake | None:
        """
        Take in what came of it; return what the queue has to wait for, if it has.
        `holds_route`: a quota that is used up is not the drop's alone.
        """
        if isinstance(said, CreateUnknownError):
            self.unknown[location] += 1
            queue.unknown += 1
        elif said is None:
            queue.unknown = 0
            queue.works = True
            self.made.add(queue.asks)
            self.used_up[location].clear()
        if not isinstance(said, CreateHeldError | CreateRefusedError):
            return None
        queue.in_flight -= 1
        self.in_flight -= 1
        if said.code == Wait.TOO_LATE:
            return Brake.TOO_LATE
        if holds_route and isinstance(said, CreateHeldError) and said.code == QUOTA:
            self.refused[queue.asks] += 1
            self.used_up[location] |= {queue.asks} & self.made
            return Brake.QUOTA
        return None
