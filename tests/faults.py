"""
What befalls outward calls: each call through a port has a number, and a test
may have the process die before or after it, or the call fail, with its effect
done or not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Faults:
    """What happens at which outward call; calls are counted from 0."""

    calls: list[str] = field(default_factory=list)
    crash_before: int | None = None
    crash_after: int | None = None
    fail: dict[int, Callable[[], Exception]] = field(default_factory=dict)
    fail_after: dict[int, Callable[[], Exception]] = field(default_factory=dict)
    on_call: Callable[[str], None] = lambda name: None
    # How many calls have met something.
    befell: int = 0

    def call(self, name: str, effect: Callable[[], T]) -> T:
        number = len(self.calls)
        self.calls.append(name)
        self.on_call(name)
        if number == self.crash_before:
            raise Crash(f"before {name}")
        if number in self.fail:
            raise self.fail[number]()
        try:
            result = effect()
        finally:
            if number == self.crash_after:
                raise Crash(f"after {name}")
        if number in self.fail_after:
            raise self.fail_after[number]()
        return result
