"""
Processes that take turns: each runs to its next outward call and waits there until
it is let go on, or dies there.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.faults import Crash

_PATIENCE_SECONDS = 30


class Process:
    """One invocation, in a thread that only runs while it has the turn."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.done = False
        self.history: list[object] = []
        self.at = ""
        self._work = work
        self._failure: BaseException | None = None
        self._dies = False
        self._turn = threading.Semaphore(0)
        self._back = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Let it run to its first outward call."""
        self._thread.start()
        self._await()

    def go(self) -> None:
        """Let it make the call that it waits at, and run to the next one."""
        self._turn.release()
        self._await()

    def die(self) -> None:
        """Let it die before the call that it waits at."""
        self._dies = True
        self.go()

    def is_running(self) -> bool:
        """Whether it is this process that asks."""
        return threading.current_thread() is self._thread

    def wait_for_turn(self, call: str) -> None:
        """Called in its own thread, before each outward call."""
        self.at = call
        self._back.release()
        if not self._turn.acquire(timeout=_PATIENCE_SECONDS):
            raise TimeoutError("nobody let this process go on")
        if self._dies:
            raise Crash(f"at {call}")

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  # raised where turns are given
            self._failure = error
        self.done, self.at = True, ""
        self._back.release()

    def _await(self) -> None:
        if not self._back.acquire(timeout=_PATIENCE_SECONDS):
            raise TimeoutError("a process neither ends nor comes to a call")
        if self._failure:
            raise self._failure


@dataclass
class Turns:
    """The processes of one run, and whose turn it has been."""

    processes: Sequence[Process]
    taken: list[tuple[int, bool]] = field(default_factory=list)

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

    def take(self, choice: tuple[int, bool]) -> None:
        """Let process n go on, or die."""
        which, dies = choice
        self.taken.append(choice)
        process = self.processes[which]
        process.history.append(process.at)
        process.die() if dies else process.go()

    def choices(self, *, deaths: int) -> list[tuple[int, bool]]:
        """Whose turn may come next, and who may die, of whom only so many do."""
        waiting = [n for n, process in enumerate(self.processes) if not process.done]
        died = sum(dies for _, dies in self.taken)
        steps = [(n, False) for n in waiting]
        return steps + [(n, True) for n in waiting if died < deaths]

    def abandon(self) -> None:
        """End what has not ended: the run is of no interest any more."""
        for process in self.processes:
            while not process.done:
                process.die()
