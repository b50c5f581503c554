"""
Lives of a deployment, each drawn from a seed: a few drops whose events come up to a
hundred times, in any order, or never; up to eight polls at a time, which take turns
with each other and with the events at every outward call; quota that is used up; and,
by the sort of the life, calls that fail, processes that die or fall asleep, creates and
publishes without an answer, and a `List` that lags longer than the settling time.
"""

import contextlib
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.drops import Drop
from shared.errors import CreateHeldError
from tests.fakes import ROW
from tests.properties.befalling import Mishap, Script, mishaps_of
from tests.properties.enumerating import BrokenPromiseError
from tests.properties.holding import Broken
from tests.properties.scheduling import Process
from tests.properties.steps import CANCELLED
from tests.properties.world import World

_NAMES = ("in/a.jsonl", "in/b.jsonl", "world/c.jsonl")
_CONTENTS = (ROW, ROW, ROW * 2, b"{}\n")
_COPIES = (1, 1, 1, 2, 3, 5)
_MOST_COPIES = 100
_POLLS = (1, 1, 2, 3, 8)
_CALL_SECONDS = 0.05
_PAUSE_SECONDS = (30, 1500)
# What these are answered when nobody knows whether it was done.
_ASKING = ("batches.create", "announcements.publish")
_UNANSWERED = ("503", "503, done", "time-out, done")
# Longer than any pause and lag, so that a second job is there to be cancelled.
_LONG_JOB_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """
    What may happen in a life; shares are of the calls that it can happen to. `beside`
    is the share of lives in which processes are beside each other, and take turns.
    """

    beside: float = 1
    mishaps: float = 0
    unanswered: float = 0
    pauses: float = 0
    lag_seconds: int = 300

    @property
    def has_twins(self) -> bool:
        """Whether a second job may be made, to be cancelled."""
        return self.pauses > 0 or self.lag_seconds > 600


SORTS: Mapping[str, Sort] = {
    "calm": Sort(beside=0.5),
    "failing": Sort(mishaps=0.01, beside=0.25),
    "sleepy": Sort(mishaps=0.01, unanswered=0.03, pauses=0.001),
    "unanswered": Sort(mishaps=0.01, unanswered=0.1, lag_seconds=590, beside=0.25),
    "lagging": Sort(
        mishaps=0.01, unanswered=0.03, pauses=0.001, lag_seconds=1500, beside=0.25
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A life in which every promise was kept; `twins`: drops with a second job."""

    drops: int
    twins: int
    messages: int
    repeated: int
    digest: str


def live(sort: str, seed: int) -> Lived:
    """Run the life of a seed to its end. Raises BrokenPromiseError."""
    life = _Life(sort=SORTS[sort], chance=random.Random(f"{sort} {seed}"))
    try:
        with contextlib.redirect_stdout(life.world.lines):
            life.run()
        return life.told()
    except (Exception, Broken) as error:
        raise BrokenPromiseError(f"{sort}, seed {seed}: {error!r}") from error


@dataclass
class _Life:
    sort: Sort
    chance: random.Random
    world: World = field(default_factory=lambda: World.with_mishaps({}))
    drops: list[Drop] = field(default_factory=list)
    copies: list[Drop] = field(default_factory=list)
    awake: list[Process] = field(default_factory=list)
    asleep: list[tuple[datetime, Process]] = field(default_factory=list)
    are_beside: bool = True

    def run(self) -> None:
        cloud, faults = self.world.cloud, self.world.cloud.faults
        assert isinstance(faults, Script)
        self.are_beside = self.chance.random() < self.sort.beside
        self.world.twins = CANCELLED if self.sort.has_twins else frozenset()
        self.world.job_seconds = _LONG_JOB_SECONDS if self.sort.has_twins else 0
        cloud.batches.lag_seconds = self.sort.lag_seconds
        cloud.batches.answer = self._quota
        faults.on_call, faults.draw = self._before_call, self._befalls
        for _ in range(self.chance.randint(2, 4)):
            self._arrive()
            self._go_on()
            cloud.batches.finish(after_seconds=self.world.job_seconds)
            cloud.wait(self.chance.choice((1, 60, 60, 700, 4000)))
        while self.asleep:
            cloud.time = max(cloud.time, min(at for at, _ in self.asleep))
            self._go_on()
        faults.on_call = lambda _: None
        self.world.until_quiet()
        self.world.again()

    def told(self) -> Lived:
        """What came of it, once every promise is seen to be kept."""
        cloud = self.world.cloud
        calm = self.sort == SORTS["calm"]
        self.world.check(self.drops, mishaps=not calm)
        published = cloud.announcements.published
        jobs = Counter(job.key for job in cloud.batches.jobs.values())
        told = (self.world.calls, published, sorted(cloud.objects.live))
        return Lived(
            drops=len(self.drops),
            twins=sum(count > 1 for count in jobs.values()),
            messages=len(published),
            repeated=len(published) - len({who["ce-id"] for _, who in published}),
            digest=hashlib.sha256(repr(told).encode()).hexdigest(),
        )

    def _arrive(self) -> None:
        """Drop files, bring events, let polls and a look at the inbox begin."""
        for _ in range(self.chance.choice((0, 1, 1, 2)) if self.drops else 1):
            self._drop()
        self.chance.shuffle(self.copies)
        some = self.chance.randint(0, len(self.copies))
        now, self.copies = self.copies[:some], self.copies[some:]
        works: list[Callable[[], object]] = [self._bringing(drop) for drop in now]
        works += [self.world.tick] * self.chance.choice(_POLLS)
        if self.chance.random() < 0.2:
            works.append(self.world.look_at_inbox)
        self.chance.shuffle(works)
        if not self.are_beside:
            for work in works:
                work()
            return
        for work in works:
            process = Process(work)
            self.awake.append(process)
            process.start()
        self._forget_the_done()

    def _drop(self) -> None:
        name, content = self.chance.choice(_NAMES), self.chance.choice(_CONTENTS)
        drop = self.world.drop(content, name)
        self.drops.append(drop)
        if self.chance.random() < 0.05:
            self.world.lose(drop)
            return
        many = self.chance.random() < 0.02
        self.copies += [drop] * (_MOST_COPIES if many else self.chance.choice(_COPIES))

    def _bringing(self, drop: Drop) -> Callable[[], object]:
        return lambda: self.world.bring(drop)

    def _go_on(self) -> None:
        """Let all who are awake take turns until they are done, or asleep."""
        cloud = self.world.cloud
        waking = [each for each in self.asleep if each[0] <= cloud.time]
        self.asleep = [each for each in self.asleep if each[0] > cloud.time]
        self.awake += [process for _, process in waking]
        while self.awake:
            process = self.chance.choice(self.awake)
            if self.chance.random() < self.sort.pauses:
                self.awake.remove(process)
                pause = timedelta(seconds=self.chance.uniform(*_PAUSE_SECONDS))
                self.asleep.append((cloud.time + pause, process))
                continue
            process.go()
            cloud.wait(_CALL_SECONDS)
            self._forget_the_done()

    def _forget_the_done(self) -> None:
        self.awake = [process for process in self.awake if not process.done]

    def _before_call(self, call: str) -> None:
        for process in (*self.awake, *(each for _, each in self.asleep)):
            if process.is_running():
                process.wait_for_turn(call)

    def _befalls(self, call: str) -> Mishap | None:
        may = list(mishaps_of(call))
        if call in _ASKING and self.chance.random() < self.sort.unanswered:
            may = [mishap for mishap in may if mishap.name in _UNANSWERED]
        elif self.chance.random() >= self.sort.mishaps:
            return None
        return self.chance.choice(may)

    def _quota(self) -> Exception | None:
        if self.chance.random() < 0.1:
            return CreateHeldError("RESOURCE_EXHAUSTED", "quota")
        return None
