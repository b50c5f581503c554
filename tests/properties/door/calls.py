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

    def begin(self, mishaps: Mapping[int, Mishap]) -> None:
        """Forget what was recorded: another run begins."""
        self.calls, self.requests, self.missed, self._standing = [], [], [], []
        self.mishaps = mishaps

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
            rule = {**matching, **mishap.fault}
            if mishap.request:
                rule["calls"] = [mishap.request]
            with self._seen(rule, number):
                return effect()
        self._stand()
        try:
            if self.mishaps:
                return effect()
            with self._seen({**matching, **_COUNTING}, number):
                return effect()
        finally:
            if dies:
                raise Crash(f"{name} and {mishap}")

    @contextmanager
    def _seen(self, rule: Rule, number: int) -> Iterator[None]:
        """Put a rule into force, and write down what it has seen."""
        standing = list(self.standing())
        self.put([rule, *standing])
        try:
            yield
        finally:
            seen = self.told()
            self.requests[number] = seen.matched
            if "share" not in rule and not seen.befell:
                self.missed.append(f"{rule} at {self.calls[number]}")
            self.put(standing)
            self._standing = standing

    def _stand(self) -> None:
        standing = list(self.standing())
        if standing != self._standing:
            self.put(standing)
            self._standing = standing
