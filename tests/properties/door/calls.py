"""
The outward calls of one run, as they leave through the ports: recorded, with how many
requests each made, and each befallen by what was planned for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.faults import Crash
from tests.properties.door.wire import Mishap

T = TypeVar("T")
Rule = Mapping[str, Any]

# Does nothing to anybody, and counts what it might have befallen.
_COUNTING: Rule = {"delay_seconds": 0.001, "share": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Befallen:
    """What the first rule in force has seen."""

    matched: int
    befell: int


@dataclass
class _Seen:
    """The rule of a call that is being made, and what it has seen so far."""

    matching: Rule
    does: Rule
    matched: int = 0
    befell: int = 0

    def left(self) -> Rule:
        """The rule for the requests to come: it counts anew when it is put."""
        if "calls" not in self.does:
            return {**self.matching, **self.does}
        calls = [n - self.matched for n in self.does["calls"] if n > self.matched]
        does = {**self.does, "calls": calls} if calls else _COUNTING
        return {**self.matching, **does}

    def add(self, told: Befallen) -> None:
        """Take in what a local cloud has counted since it was put."""
        self.matched += told.matched
        self.befell += told.befell


@dataclass
class Calls:
    """
    Lets the n-th call of a run meet its mishap. `put` puts rules into force in place
    of all others, `told` says what the first of them has seen, and `standing` are
    those that a story wants.
    """

    put: Callable[[Sequence[Rule]], None]
    told: Callable[[], Befallen]
    standing: Callable[[], Sequence[Rule]]
    calls: list[str] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    mishaps: Mapping[int, Mishap] = field(default_factory=dict)
    befell: int = 0
    missed: list[str] = field(default_factory=list)
    """Mishaps that befell no request, though their call was made."""
    _standing: Sequence[Rule] = ()
    _within: "list[_Seen]" = field(default_factory=list)

    def begin(self, mishaps: Mapping[int, Mishap]) -> None:
        """Forget what was recorded: another run begins."""
        self.calls, self.requests, self.missed, self._standing = [], [], [], []
        self.mishaps, self._within = mishaps, []

    def call(self, name: str, matching: Rule, effect: Callable[[], T]) -> T:
        number = len(self.calls)
        self.calls.append(name)
        self.requests.append(0)
        mishap = self.mishaps.get(number)
        dies = mishap is not None and not mishap.fault
        self.befell += mishap is not None
        if mishap and dies and not mishap.done:
            raise Crash(f"{name} and {mishap}")
        if mishap and mishap.fault:
            only = {"calls": [mishap.request]} if mishap.request else {}
            with self._seen(number, matching, {**mishap.fault, **only}):
                return effect()
        self.stand()
        try:
            if self.mishaps:
                return effect()
            with self._seen(number, matching, _COUNTING):
                return effect()
        finally:
            if dies:
                raise Crash(f"{name} and {mishap}")

    @contextmanager
    def _seen(self, number: int, matching: Rule, does: Rule) -> Iterator[None]:
        """
        Put a rule into force, and write down what it has seen. A call in the middle of
        another has its own rule in force meanwhile.
        """
        self._take_down()
        seen = _Seen(matching=matching, does=does)
        self._within.append(seen)
        self._put_up()
        try:
            yield
        finally:
            self._take_down()
            self._within.pop()
            self.requests[number] = seen.matched
            if does is not _COUNTING and not seen.befell:
                self.missed.append(f"{does} at {self.calls[number]}")
            self._put_up()

    def stand(self) -> None:
        """Have in force what the story wants now."""
        if list(self.standing()) != self._standing:
            self._take_down()
            self._put_up()

    def _put_up(self) -> None:
        """Have the rule of the innermost call in force, for what is yet to come."""
        self._standing = list(self.standing())
        rules = [self._within[-1].left()] if self._within else []
        self.put([*rules, *self._standing])

    def _take_down(self) -> None:
        """Write down what the rule of the innermost call has seen."""
        if self._within:
            self._within[-1].add(self.told())
