"""
All schedules of two processes on one drop, from every state that a drop can be in,
switching at every outward call; with deaths, also those in which a process dies at any
of them. A state of the whole that was met before is not gone on from again.
"""

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

from shared.drops import Drop
from shared.errors import LostRaceError
from shared.setting_aside import RequeueError
from tests.faults import Crash
from tests.lots import drawing
from tests.moments import requeue
from tests.properties.befalling import Script
from tests.properties.holding import Broken, check
from tests.properties.scheduling import Choice, Move, Process, Turns
from tests.properties.standing import cloud_stands
from tests.properties.starts import STARTS, UNHEARD, sleep_past_everything
from tests.properties.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """How many schedules ran to their end, and how many states were met."""

    schedules: int
    states: int


class BrokenScheduleError(AssertionError):
    """A schedule that broke a promise; says which."""


PAIRS = (("submit", "submit"), ("submit", "poll"), ("poll", "poll"))
LOOKS = (("look", "submit"), ("look", "poll"), ("look", "look"))
REQUEUES = (("requeue", "poll"), ("requeue", "requeue"))
CASES = (
    *product(STARTS, PAIRS),
    *product(UNHEARD, LOOKS),
    *product(("set_aside",), REQUEUES),
)
# To be run once more with ticks that go backwards.
POLLED = tuple((start, pair) for start, pair in CASES if "poll" in pair)


def explore(
    start: str,
    pair: tuple[str, str],
    *,
    deaths: int = 0,
    sleeps: int = 0,
    backwards: bool = False,
) -> Explored:
    """
    Run every schedule from a start state in which so many processes die, and so often
    all sleep past every deadline and lease, with the steps of each tick in order or
    `backwards`; raises BrokenScheduleError.
    """
    exploring = _Exploring(start, pair, deaths=deaths, sleeps=sleeps)
    while exploring.ahead:
        with contextlib.redirect_stdout(io.StringIO()), drawing(1 - backwards):
            exploring.run_one()
    return Explored(schedules=exploring.schedules, states=len(exploring.seen))


class _Exploring:
    """What was met, and the beginnings of schedules that are still to be run."""

    def __init__(
        self, start: str, pair: tuple[str, str], *, deaths: int, sleeps: int
    ) -> None:
        self.seen: set[object] = set()
        self.ahead: list[list[Choice]] = [[]]
        self.schedules = 0
        self._start = start
        self._pair = pair
        self._deaths = deaths
        self._sleeps = sleeps

    def run_one(self) -> None:
        """Run a schedule to its end, or to a state that was met before."""
        world, drop = {**STARTS, **UNHEARD}[self._start]()
        turns = Turns(
            [Process(_work(world, drop, kind)) for kind in self._pair],
            sleep=partial(sleep_past_everything, world),
            deaths=self._deaths,
            sleeps=self._sleeps,
        )
        faults = world.cloud.faults
        assert isinstance(faults, Script)
        faults.on_call, faults.on_result = turns.before_call, turns.after_call
        try:
            turns.start()
            for choice in self.ahead.pop():
                turns.take(choice)
            if not self._goes_on(world, turns):
                return
            self.schedules += 1
            faults.on_call = lambda _: None
            # What is set aside ends when somebody has put it back.
            world.put_back(drop)
            world.until_quiet()
            world.again()
            befell = self._deaths + self._sleeps > 0
            check(world.cloud, [drop], mishaps=befell)
        except (AssertionError, Broken) as error:
            raise BrokenScheduleError(
                f"{self._start}, {self._pair}, {turns.taken}: {error}"
            ) from error

    def _goes_on(self, world: World, turns: Turns) -> bool:
        """Take turns to the end, leaving word of every other way; whether it is new."""
        while True:
            state = _state(world, turns)
            if state in self.seen:
                turns.abandon()
                return False
            self.seen.add(state)
            choices = turns.choices()
            if not choices:
                return True
            self.ahead.extend([*turns.taken, other] for other in choices[1:])
            turns.take(choices[0])


def _work(world: World, drop: Drop, kind: str) -> Callable[[], object]:
    if kind == "poll":
        return world.tick
    if kind == "look":
        return world.look_at_inbox
    if kind == "requeue":
        return lambda: _put_back(world, drop)
    world.pending.clear()
    world.answered = [drop]
    return lambda: world.bring(drop)


def _put_back(world: World, drop: Drop) -> None:
    # Somebody else may have done it, or a poll may have the record.
    with contextlib.suppress(RequeueError, LostRaceError, Crash):
        requeue(world.cloud, drop.drop_id)


def _state(world: World, turns: Turns) -> object:
    """All that decides what comes: where the cloud stands, and what each has seen."""
    seen = tuple((tuple(p.history), p.at, p.done) for p in turns.processes)
    past = (turns.count(Move.DIES), turns.count(Move.SLEEPS))
    return hash((cloud_stands(world.cloud), seen, past))
