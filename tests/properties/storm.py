"""
Thousands of files at once against the 60 creates a minute that Vertex AI admits, on a
clock of the fakes': events come from processes that take turns at every outward call,
ticks come every minute, and a create takes its time.
"""

import contextlib
import io
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.drops import Drop
from shared.errors import CreateHeldError
from shared.jobs import KEY_LABEL
from shared.markers import read_marker
from shared.records import State
from tests.fakes import ROW, FakeCloud
from tests.properties.scheduling import Process

CREATES_A_MINUTE = 60
_CREATE_SECONDS = 0.4
_MOST_TICKS = 500
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Admission:
    """Vertex AI's quota: so many creates in any minute, and what it has seen."""

    cloud: FakeCloud
    a_minute: int = CREATES_A_MINUTE
    admitted: deque[datetime] = field(default_factory=deque)
    asked: int = 0
    refused: int = 0

    def answer(self) -> Exception | None:
        """What a create is answered now, if it is not admitted."""
        self.asked += 1
        self.cloud.wait(_CREATE_SECONDS)
        now = self.cloud.now()
        while self.admitted and self.admitted[0] <= now - _MINUTE:
            self.admitted.popleft()
        if len(self.admitted) >= self.a_minute:
            self.refused += 1
            return CreateHeldError("RESOURCE_EXHAUSTED", "quota")
        self.admitted.append(now)
        return None


@dataclass(slots=True)
class Storm:
    """A deployment with these routes, and files for them: so many each."""

    files: Mapping[str, int]
    seed: int = 7
    a_minute: int = CREATES_A_MINUTE
    arrivals_a_minute: int = 600
    processes: int = 8
    drops: list[Drop] = field(default_factory=list)
    # What each tick made, of each route, and what was held of it when it began.
    ticks: list[tuple[Mapping[str, list[str]], Mapping[str, list[str]]]] = field(
        default_factory=list
    )
    cloud: FakeCloud = field(init=False)
    admission: Admission = field(init=False)
    _random: random.Random = field(init=False)
    _running: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        routes = ",".join(
            f'{{"prefix": "{prefix}", "model": "m"}}' for prefix in self.files
        )
        self.cloud = FakeCloud(routes=f"[{routes}]")
        self.admission = Admission(self.cloud, self.a_minute)
        self.cloud.batches.answer = self.admission.answer
        self.cloud.faults.on_call = self._before_call
        self._random = random.Random(self.seed)

    def run(self) -> None:
        """Let it come, and drain."""
        names = [f"{p}{n}.jsonl" for p, count in self.files.items() for n in range(count)]
        self._random.shuffle(names)
        with contextlib.redirect_stdout(io.StringIO()):
            while names:
                minute, names = (
                    names[: self.arrivals_a_minute],
                    names[self.arrivals_a_minute :],
                )
                self._arrive(minute)
                self.tick()
            for _ in range(_MOST_TICKS):
                if not self.held():
                    return
                self.tick()
        raise AssertionError(f"still held: {self.held()}")

    def tick(self) -> None:
        """Let a tick come, a minute after the last."""
        begun, held = self.cloud.time, self.held()
        made = len(self.cloud.batches.requests)
        self.cloud.poll()
        created = [
            request.labels[KEY_LABEL].partition("-")[0]
            for request in self.cloud.batches.requests[made:]
        ]
        self.ticks.append((self._by_route(created), held))
        self.cloud.time = max(begun + _MINUTE, self.cloud.time)

    def held(self) -> Mapping[str, list[str]]:
        """The ids of what is held, in the order that is promised, by route."""
        markers = [read_marker(each) for each in self._markers()]
        waiting = [m.drop for m in markers if m.state == State.HELD]
        waiting.sort(key=lambda drop: (drop.dropped_at, drop.drop_id))
        return self._by_route([drop.drop_id for drop in waiting])

    def _arrive(self, names: Sequence[str]) -> None:
        for name in names:
            self.cloud.wait(60 / self.arrivals_a_minute)
            drop = self.cloud.drop(ROW, name)
            self.drops.append(drop)
            process = Process(lambda drop=drop: self.cloud.submit(drop))  # type: ignore[misc]  # bound now
            self._running.append(process)
            process.start()
            while len(self._running) >= self.processes:
                self._go()
        while self._running:
            self._go()

    def _go(self) -> None:
        process = self._random.choice(self._running)
        process.go()
        if process.done:
            self._running.remove(process)
