"""
Every run of a story in which one mishap, or two, befall its outward calls.

The calls are those that the run itself made: recorded, not listed by hand.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.properties.befalling import Mishap, may_become, may_repeat, mishaps_of
from tests.properties.holding import Broken
from tests.properties.standing import run_stands
from tests.properties.stories import OTHERWISE, STORIES
from tests.properties.world import World

Mishaps = Mapping[int, Mishap]
# How each drop ended, by its name and generation.
Outcomes = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """
    A run that kept every promise: its calls, those of them that events made, and how
    its drops ended. `stood`: where it stood once all had befallen it, and how many
    calls it had made by then.
    """

    calls: list[str]
    by_events: set[int]
    outcomes: Outcomes
    stood: Mapping[int, int]


class _KnownError(Exception):
    """The run stands where one has stood that kept every promise."""

    def __init__(self, outcomes: Outcomes) -> None:
        self.outcomes = outcomes


class BrokenPromiseError(AssertionError):
    """A run that did not; says which, so that it can be run again."""


def run(
    story: str,
    mishaps: Mishaps,
    *,
    redelivers: bool = False,
    known: dict[int, Outcomes] | None = None,
) -> Ran:
    """
    Run a story to its end, and once more with late copies of its events. `redelivers`:
    events that are not answered with success come again. `known`: how those runs ended
    that have stood at a place; this one ends there too, or else adds where it stood.

    Raises BrokenPromiseError that names the story and what befell which call.
    """
    world = World.with_mishaps(mishaps)
    world.redelivers = redelivers
    stood: dict[int, int] = {}

    def expect_new() -> None:
        if world.cloud.faults.befell == len(mishaps):
            repeats = may_repeat(world.calls, mishaps)
            here = hash((run_stands(world, run.__code__), repeats))
            if known and here in known:
                raise _KnownError(known[here])
            stood[here] = len(world.calls)

    world.on_round = expect_new
    try:
        with contextlib.redirect_stdout(world.lines):
            drops = STORIES[story](world)
            world.again()
        repeats = may_repeat(world.calls, mishaps)
        ended = world.check(drops, mishaps=bool(mishaps), repeats=repeats)
    except _KnownError as met:
        ended = met.outcomes
    except (Exception, Broken) as error:
        befell = {
            f"{number} {world.calls[number]}": mishap.name
            for number, mishap in mishaps.items()
            if number < len(world.calls)
        }
        raise BrokenPromiseError(f"{story}, {befell}: {error!r}") from error
    if known is not None:
        known.update(dict.fromkeys(stood, ended))
    return Ran(
        calls=world.calls, by_events=world.by_events, outcomes=ended, stood=stood
    )


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


def singles(calls: list[str], *, since: int = 0) -> Iterator[Mishaps]:
    """Every way in which one of these calls can go wrong, from the one numbered so."""
    for number in range(since, len(calls)):
        for mishap in mishaps_of(calls[number]):
            yield {number: mishap}
