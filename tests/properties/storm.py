"""
Thousands of files at once against the 60 creates a minute that Vertex AI admits, on
the fakes' clock: events come by processes that take turns at their outward calls, a
tick comes every minute, and a create takes its time.
"""

import contextlib
import io
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from shared.drops import Drop
from shared.errors import CreateHeldError
from shared.jobs import KEY_LABEL
from shared.marker import OPEN, read_marker
from shared.records import State
from tests.fakes import ROW, FakeCloud
from tests.properties.scheduling import Process

_CREATE_SECONDS = 0.4
_MOST_TICKS = 600
_PROCESSES = 8
_MINUTE = timedelta(minutes=1)
ByRoute = Mapping[str, list[str]]


@dataclass(slots=True)
class Admission:
    """Vertex AI's quota: so many creates in any minute; what came to ask, and when."""

    cloud: FakeCloud
    a_minute: int
    admitted: deque[datetime] = field(default_factory=deque)
    asked: list[datetime] = field(default_factory=list)
    refused: int = 0

    def answer(self) -> Exception | None:
        """What a create is answered now, if it is not admitted."""
        self.cloud.wait(_CREATE_SECONDS)
        now = self.cloud.now()
        self.asked.append(now)
        while self.admitted and self.admitted[0] <= now - _MINUTE:
            self.admitted.popleft()
        if len(self.admitted) < self.a_minute:
            self.admitted.append(now)
            return None
        self.refused += 1
        return CreateHeldError("RESOURCE_EXHAUSTED", "quota")


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was held, by route and in order, when a tick began, and what it created."""

    held: ByRoute
    created: ByRoute


class Storm:
    """A deployment with a route for each prefix, and so many files for it."""

    def __init__(
        self, files: Mapping[str, int], *, a_minute: int = 60, seed: int = 7
    ) -> None:
        routes = (f'{{"prefix":"{prefix}","model":"m"}}' for prefix in files)
        self.cloud = FakeCloud(routes=f"[{','.join(routes)}]")
        self.admission = Admission(self.cloud, a_minute)
        self.cloud.batches.answer = self.admission.answer
        self.cloud.faults.on_call = self._before_call
        self.ticks: list[Ticked] = []
        self._random = random.Random(seed)
        self._running: list[Process] = []
        self._names = [
            f"{at}{n}.jsonl" for at, most in files.items() for n in range(most)
        ]
        self._random.shuffle(self._names)
        self._routes: dict[str, str] = {}

    def arrive(self, *, a_minute: int = 600) -> None:
        """Let all files come, so many a minute, by eight processes."""
        with contextlib.redirect_stdout(io.StringIO()):
            while self._names:
                now, self._names = self._names[:a_minute], self._names[a_minute:]
                with self._a_minute():
                    for name in now:
                        self._submit(self.cloud.drop(ROW, name))
                        self.cloud.wait(60 / a_minute)
                    self._go_on(until=0)
                self.tick()

    def drain(self) -> None:
        """Let ticks come until nothing is held."""
        for _ in range(_MOST_TICKS):
            if not self.held():
                return
            self.tick()
        raise AssertionError(f"still held: {self.held()}")

    def tick(self) -> None:
        """Let a tick come, and the rest of its minute pass."""
        held, made = self.held(), len(self.cloud.batches.requests)
        with self._a_minute(), contextlib.redirect_stdout(io.StringIO()):
            self.cloud.poll()
        requests = self.cloud.batches.requests[made:]
        created = (each.labels[KEY_LABEL].partition("-")[0] for each in requests)
        self.ticks.append(Ticked(held, self._by_route(created)))

    def held(self) -> ByRoute:
        """The ids of what is held, by route, in the order that is promised."""
        markers = [
            read_marker(stored.info)
            for (bucket, name), stored in self.cloud.objects.live.items()
            if bucket == "state" and name.startswith(OPEN)
        ]
        drops = [marker.drop for marker in markers if marker.state == State.HELD]
        drops.sort(key=lambda drop: (drop.dropped_at, drop.drop_id))
        return self._by_route(drop.drop_id for drop in drops)

    def creates(self) -> Counter[str]:
        """How many jobs each drop has."""
        return Counter(
            each.labels[KEY_LABEL].partition("-")[0]
            for each in self.cloud.batches.requests
        )

    def announced(self) -> Counter[str]:
        """Let all jobs end; how often each drop is announced then."""
        with contextlib.redirect_stdout(io.StringIO()):
            self.cloud.until_quiet()
        return Counter(
            said["ce-subject"] for _, said in self.cloud.announcements.published
        )

    def _submit(self, drop: Drop) -> None:
        self._routes[drop.drop_id] = drop.name.partition("/")[0] + "/"
        process = Process(partial(self.cloud.submit, drop))
        self._running.append(process)
        process.start()
        self._go_on(until=_PROCESSES - 1)

    def _go_on(self, *, until: int) -> None:
        """Let processes take turns until no more than so many are left."""
        while len(self._running) > until:
            process = self._random.choice(self._running)
            process.go()
            if process.done:
                self._running.remove(process)

    def _before_call(self, call: str) -> None:
        for process in self._running:
            if process.is_running():
                process.wait_for_turn(call)

    @contextlib.contextmanager
    def _a_minute(self) -> Iterator[None]:
        begun = self.cloud.time
        yield
        self.cloud.time = max(begun + _MINUTE, self.cloud.time)

    def _by_route(self, drop_ids: Iterable[str]) -> ByRoute:
        found: dict[str, list[str]] = defaultdict(list)
        for drop_id in drop_ids:
            found[self._routes[drop_id]].append(drop_id)
        return dict(found)
