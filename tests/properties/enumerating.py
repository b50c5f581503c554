"""
Every run of a story in which one mishap, or two, befall its outward calls.

The calls are those that the run itself made: recorded, not listed by hand.
"""

import contextlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.properties.befalling import (
    DIES_AFTER,
    DIES_BEFORE,
    Mishap,
    may_become,
    mishaps_of,
    moves,
)
from tests.properties.holding import Broken, check
from tests.properties.stories import OTHERWISE, STORIES
from tests.properties.world import World

Mishaps = Mapping[int, Mishap]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """
    A run that kept every promise: its calls, those of them that events made, those
    after which a process had ended, and how its drops ended.
    """

    calls: list[str]
    by_events: set[int]
    last: set[int]
    outcomes: Mapping[str, str]


class BrokenPromiseError(AssertionError):
    """A run that did not; says which, so that it can be run again."""


def run(story: str, mishaps: Mishaps, *, redelivers: bool = False) -> Ran:
    """
    Run a story to its end, and once more with late copies of its events. `redelivers`:
    events that are not answered with success come again.

    Raises BrokenPromiseError that names the story and what befell which call.
    """
    world = World.with_mishaps(mishaps)
    world.redelivers = redelivers
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            drops = STORIES[story](world)
            world.again()
        ended = check(world.cloud, drops, twins=world.twins, mishaps=bool(mishaps))
        return Ran(
            calls=world.calls,
            by_events=world.by_events,
            last=world.last,
            outcomes=ended,
        )
    except (Exception, Broken) as error:
        befell = {
            f"{number} {world.calls[number]}": mishap.name
            for number, mishap in mishaps.items()
            if number < len(world.calls)
        }
        raise BrokenPromiseError(f"{story}, {befell}: {error!r}") from error


def expect_ends(story: str, plain: Ran, ran: Ran, mishaps: Mishaps) -> None:
    """
    Assert that each drop ended as it does without mishaps, or as the service has said
    for good.
    """
    met = [(ran.calls[number], mishap.name) for number, mishap in mishaps.items()]
    allowed = OTHERWISE.get(story, frozenset()).union(
        *(may_become(call, name) for call, name in met)
    )
    others = set(ran.outcomes.items()) - set(plain.outcomes.items())
    if not {end for _, end in others} <= allowed:
        raise BrokenPromiseError(f"{story}, {met}: ended {others}")


def singles(calls: list[str]) -> Iterator[Mishaps]:
    """Every way in which one of these calls can go wrong."""
    for number, call in enumerate(calls):
        for mishap in mishaps_of(call):
            yield {number: mishap}


def apart(ran: Ran, *, since: int = 0) -> Iterator[Mishaps]:
    """
    The singles of a run from a call on, each death once: between two calls that move
    anything, it is the same at whichever call a process dies.
    """
    for number in range(since, len(ran.calls)):
        for mishap in mishaps_of(ran.calls[number]):
            if later(ran, number, mishap) is None:
                yield {number: mishap}


def later(ran: Ran, number: int, mishap: Mishap) -> tuple[int, Mishap] | None:
    """The next death of the process that leaves the same behind, if there is one."""
    call = ran.calls[number]
    if mishap is DIES_BEFORE and not moves(call):
        return number, DIES_AFTER
    # The calls within a stream come before its end.
    ends = number in ran.last or call.startswith("objects.stream")
    return (number + 1, DIES_BEFORE) if mishap is DIES_AFTER and not ends else None
