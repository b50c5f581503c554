"""
Processes that take turns: each runs to its next outward call and waits there until
it is let go on, or dies there.
"""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import FrameType

from greenlet import getcurrent, greenlet

from tests.faults import Crash

_PATIENCE_SECONDS = 30


class StuckError(BaseException):
    """A process neither ends nor comes to a call; nobody takes it for an answer."""


class Process:
    """
    One invocation, in a greenlet that only runs while it has the turn.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self.done = False
        self.history: list[object] = []
        self.at = ""
        self._work = work
        self._dies = False
        # What it fails with is raised where turns are given, whoever gives them.
        self._running = greenlet(self._run)

    def start(self) -> None:
        """Let it run to its first outward call."""
        self.go()

    def go(self) -> None:
        """Let it make the call that it waits at, and run to the next one."""
        self._running.parent = getcurrent()
        before = signal.signal(signal.SIGALRM, _give_up)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE_SECONDS)
        try:
            self._running.switch()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def die(self) -> None:
        """Let it die before the call that it waits at."""
        self._dies = True
        self.go()

    def is_running(self) -> bool:
        """Whether it is this process that asks."""
        return getcurrent() is self._running

    def wait_for_turn(self, call: str) -> None:
        """Called by the process itself, before each outward call."""
        self.at = call
        giver = self._running.parent
        assert giver is not None
        giver.switch()
        if self._dies:
            raise Crash(f"at {call}")

    def _run(self) -> None:
        try:
            self._work()
        finally:
            self.done, self.at = True, ""


def _give_up(number: int, frame: FrameType | None) -> None:
    raise StuckError("a process neither ends nor comes to a call")


class Move(StrEnum):
    """What may happen to a process that waits."""

    GOES_ON = "goes on"
    DIES = "dies"
    # And so do all others: nobody has a clock of its own.
    SLEEPS = "sleeps"


Choice = tuple[int, Move]


@dataclass
class Turns:
    """
    The processes of one run, and whose turn it has been. So many may die, and so many
    sleep for as long as `sleep` lets pass.
    """

    processes: Sequence[Process]
    sleep: Callable[[], object]
    deaths: int = 0
    sleeps: int = 0
    taken: list[Choice] = field(default_factory=list)

    def start(self) -> None:
        """Bring each process to its first outward call."""
        for process in self.processes:
            process.start()

    def before_call(self, call: str) -> None:
        """What the fakes' `on_call` is to be."""
        for process in self.processes:
            if process.is_running():
                process.wait_for_turn(call)

    def after_call(self, result: object) -> None:
        """What the fakes' `on_result` is to be: it decides how a process goes on."""
        for process in self.processes:
            if process.is_running():
                process.history.append(result)

    def take(self, choice: Choice) -> None:
        """Let this happen to process n."""
        which, move = choice
        self.taken.append(choice)
        process = self.processes[which]
        if move is Move.SLEEPS:
            self.sleep()
            for each in self.processes:
                # What it has in mind may be late from now on.
                each.history.append(move)
            return
        process.history.append(process.at)
        if move is Move.DIES:
            process.die()
        else:
            process.go()

    def choices(self) -> list[Choice]:
        """All that may happen next."""
        waiting = [n for n, process in enumerate(self.processes) if not process.done]
        may = [(n, Move.GOES_ON) for n in waiting]
        if self.count(Move.DIES) < self.deaths:
            may += [(n, Move.DIES) for n in waiting]
        # A process that sleeps between its last look at the clock and its create is
        # the one way to a second job; the README says so.
        asking = any(process.at == "batches.create" for process in self.processes)
        if waiting and not asking and self.count(Move.SLEEPS) < self.sleeps:
            may.append((waiting[0], Move.SLEEPS))
        return may

    def count(self, move: Move) -> int:
        """How often it has happened."""
        return sum(taken == move for _, taken in self.taken)

    def abandon(self) -> None:
        """End what has not ended: the run is of no interest any more."""
        for process in self.processes:
            while not process.done:
                process.die()
