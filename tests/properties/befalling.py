"""
What may befall one outward call: the process dies, or the call answers with an
error, its effect done or not. Which errors a call can answer with, its port says.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from shared.errors import (
    ConflictError,
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
    ForbiddenError,
    MissingError,
    RefusedError,
    ServiceError,
)
from tests.faults import Crash, Faults

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mishap:
    """
    One thing that befalls a call; without an `error` the process dies. `done`:
    after the effect.
    """

    name: str
    done: bool
    error: Callable[[], Exception] | None = None


DIES_BEFORE = Mishap("dies before", done=False)
DIES_AFTER = Mishap("dies after", done=True)
DEATHS = (DIES_BEFORE, DIES_AFTER)
_AWAY = Mishap("503", done=False, error=lambda: ServiceError("503"))
_TIMED_OUT = Mishap("time-out, done", done=True, error=lambda: ServiceError("504"))
_FORBIDDEN = Mishap("403", done=False, error=lambda: ForbiddenError("403"))
_REFUSED = Mishap("400", done=False, error=lambda: RefusedError("400"))
_MISSING = Mishap("404", done=False, error=lambda: MissingError("404"))
# The client repeats a conditional write whose answer was lost.
_OWN_412 = Mishap("412 on our own write", done=True, error=lambda: ConflictError("412"))
_ANY = (*DEATHS, _AWAY, _FORBIDDEN, _REFUSED)
_CHANGING = (*_ANY, _TIMED_OUT)


def _create(sort: type[Exception], code: str) -> Callable[[], Exception]:
    return lambda: sort(code, code)


_CREATE = (
    *DEATHS,
    Mishap("429", done=False, error=_create(CreateHeldError, "RESOURCE_EXHAUSTED")),
    Mishap("403", done=False, error=_create(CreateHeldError, "PERMISSION_DENIED")),
    Mishap("400", done=False, error=_create(CreateRefusedError, "INVALID_ARGUMENT")),
    Mishap("503", done=False, error=_create(CreateUnknownError, "UNAVAILABLE")),
    Mishap("503, done", done=True, error=_create(CreateUnknownError, "UNAVAILABLE")),
)

# By what the call is called without its bucket.
MISHAPS: Mapping[str, tuple[Mishap, ...]] = {
    "objects.read": (*_ANY, _MISSING),
    "objects.write": (*_CHANGING, _OWN_412, _MISSING),
    "objects.annotate": (*_CHANGING, _MISSING),
    "objects.delete": (*_CHANGING, _OWN_412, _MISSING),
    "objects.list": (*_ANY, _MISSING),
    "objects.versions": (*_ANY, _MISSING),
    # One that is done has broken off when all was read but its end.
    "objects.stream": (*_ANY, _MISSING, _TIMED_OUT),
    "objects.copy": (*_CHANGING, _OWN_412, _MISSING),
    "objects.info": (*_ANY, _MISSING),
    "batches.create": _CREATE,
    "batches.get": (*_ANY, _MISSING),
    "batches.active": (*_ANY, _MISSING),
    "batches.find": (*_ANY, _MISSING),
    "batches.cancel": (*_CHANGING, _MISSING),
    "announcements.publish": (*DEATHS, _AWAY, _TIMED_OUT, _FORBIDDEN),
}


@cache
def mishaps_of(call: str) -> tuple[Mishap, ...]:
    """All that may befall a call, as `Faults.calls` names it."""
    return MISHAPS[call.partition(" ")[0]]


@cache
def changes(call: str) -> bool:
    """Whether it is one of those calls that change anything when they are answered."""
    return any(mishap.done and mishap.error for mishap in mishaps_of(call))


@cache
def goes_on(call: str) -> bool:
    """Whether it is more, when answered, than a look or a note of when to look."""
    return changes(call) and not call.startswith("objects.annotate")


def may_repeat(calls: Sequence[str], befallen: Iterable[int]) -> bool:
    """
    Whether a message may come again: a publish was befallen, or the write after it,
    which says that it is out.
    """
    return any(
        "announcements.publish" in calls[max(0, number - 1) : number + 1]
        for number in befallen
    )


# What a mishap may turn an outcome into: the service has said no for good. By the call
# and its answer: a number, or at the wire of Vertex AI a code.
_MAY_BECOME: Mapping[tuple[str, str], str] = {
    ("batches.create", "400"): "create_refused",
    ("batches.create", "INVALID_ARGUMENT"): "create_refused",
    ("batches.create", "NOT_FOUND"): "create_refused",
    ("objects.stream", "400"): "unreadable",
    ("objects.stream", "404"): "superseded",
    ("objects.copy", "404"): "superseded",
}


def may_become(call: str, mishap: str) -> frozenset[str]:
    """How else a drop may end when a mishap so named befalls that call."""
    answer = mishap.partition(",")[0]
    other = _MAY_BECOME.get((call.partition(" ")[0], answer))
    return frozenset({other} if other else ())


@dataclass
class Script(Faults):
    """
    Lets the n-th outward call of a whole run meet its mishap, or whichever call the
    one that is drawn for it; others pass. What a call came to is told to `on_result`.
    """

    mishaps: Mapping[int, Mishap] = field(default_factory=dict)
    draw: Callable[[str], Mishap | None] = lambda _: None
    on_result: Callable[[object], None] | None = None

    def call(self, name: str, effect: Callable[[], T]) -> T:
        number = len(self.calls)
        self.calls.append(name)
        self.on_call(name)
        mishap = self.mishaps.get(number) or self.draw(name)
        assert mishap is None or mishap in mishaps_of(name), (name, mishap)
        if mishap is None:
            return self._told(effect)
        self.befell += 1
        if mishap.done:
            # Nobody hears what it came to, but whoever has repeated it.
            with contextlib.suppress(*(() if mishap is _OWN_412 else (Exception,))):
                effect()
        if mishap.error is None:
            raise Crash(f"{mishap.name} {name}")
        raise mishap.error()

    def _told(self, effect: Callable[[], T]) -> T:
        if self.on_result is None:
            return effect()
        try:
            result = effect()
        except Exception as error:
            self.on_result(repr(error))
            raise
        self.on_result(repr(result))
        return result
