"""
Whatever any one sort of outward call comes to each time, for ever, or any two: the drop
ends, or is told of as late once its route's time is over. It never waits in silence,
but where nobody can be told, or every poll dies: both are alerted.
"""

import contextlib
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch

import pytest

from shared.errors import (
    CreateError,
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
)
from shared.jobs import JobState
from tests.fakes import ROW, FakeCloud
from tests.faults import Crash
from tests.properties.befalling import DIES_BEFORE, Mishap, mishaps_of

# Queue and run together, the last hour of tries, and some; and how long after a poll
# the next one comes.
HOURS = 72 + 24 + 3
STEP = 3
# Without what is written there a poll knows of no drop, and nobody can be told of one
# without the topic. What else fails keeps no word from anybody.
BEYOND_HELP = {
    "objects.list state",
    "objects.read state",
    "objects.write state",
    "announcements.publish",
}
# A poll that dies there each time comes to nothing else.
DEADLY = {
    "batches.active",
    "batches.find",
    "batches.get",
    "batches.[!c]*",
    "objects.annotate state",
    "objects.list results",
    "objects.* results",
}
# What a missing grant, or a service that is away, does to many calls at once; and one
# of them, which says in which ways.
MANY = {
    "objects.* inbox": "objects.list",
    "objects.* work": "objects.list",
    "objects.* results": "objects.list",
    "batches.[!c]*": "batches.get",
}


@dataclass(frozen=True, slots=True)
class Case:
    """
    A drop, what becomes of its job, and what a create is answered; or whether one makes
    a job and its answer is lost.
    """

    content: bytes = ROW
    becomes: Callable[[FakeCloud], None] = lambda _: None
    answer: CreateError | None = None
    is_lost: bool = False


def _move_to(state: JobState) -> Callable[[FakeCloud], None]:
    def move(cloud: FakeCloud) -> None:
        for name in cloud.batches.jobs:
            cloud.batches.move(name, state)

    return move


CASES: Mapping[str, Case] = {
    "completed": Case(becomes=lambda cloud: cloud.batches.finish()),
    "rejected": Case(content=b"this is no row"),
    # Without word of a folder: whatever it wrote is looked for.
    "failed": Case(becomes=_move_to(JobState.FAILED)),
    "cancelled": Case(becomes=_move_to(JobState.CANCELLED)),
    "running": Case(becomes=_move_to(JobState.RUNNING)),
    "lost": Case(becomes=lambda cloud: cloud.batches.forget()),
    "held": Case(answer=CreateHeldError("RESOURCE_EXHAUSTED", "said")),
    "refused": Case(answer=CreateRefusedError("INVALID_ARGUMENT", "said")),
    "unknown": Case(answer=CreateUnknownError("UNAVAILABLE", "said")),
    "adopted": Case(becomes=lambda cloud: cloud.batches.finish(), is_lost=True),
}


def play(case: Case, mishaps: Mapping[str, Mishap]) -> set[str]:
    """
    Let a drop go on for longer than its route allows, with these mishaps in each such
    call, a pattern; return the calls that were made. The drop is told of by then.
    """
    cloud = FakeCloud(routes='[{"prefix": "in/", "model": "m"}]')
    called: set[str] = set()

    def on_call(name: str) -> None:
        called.add(name)
        for call, mishap in mishaps.items():
            if fnmatch(name, call):
                raise mishap.error() if mishap.error else Crash(name)

    def said() -> CreateError | None:
        return case.answer

    cloud.faults.on_call = on_call
    cloud.batches.answer = said if case.answer else None
    cloud.batches.create_unknown_with_job = case.is_lost
    drop = cloud.drop(case.content)
    with contextlib.suppress(Exception, Crash):
        cloud.submit(drop)
    case.becomes(cloud)
    for _ in range(0, HOURS, STEP):
        if cloud.announcements.published:
            return called
        cloud.wait(STEP * 3600)
        with contextlib.suppress(Crash):
            cloud.poll()

    assert cloud.announcements.published, mishaps
    return called


def ways_of(name: str) -> Mapping[str, list[Mishap]]:
    """The calls of such a drop, and what may happen in each time to each."""
    calls = play(CASES[name], {}) - BEYOND_HELP
    assert len(calls) >= 2
    return {
        call: [
            mishap
            for mishap in mishaps_of(MANY.get(call, call))
            # Those that are done before they fail are the crash enumeration's.
            if not mishap.done and not (mishap is DIES_BEFORE and call in DEADLY)
        ]
        for call in (*sorted(calls), *MANY)
    }


@pytest.mark.parametrize("name", CASES)
def test_no_drop_waits_in_silence(name: str) -> None:
    for call, mishaps in ways_of(name).items():
        for mishap in mishaps:
            play(CASES[name], {call: mishap})


@pytest.mark.parametrize("name", CASES)
def test_nor_does_one_for_which_two_things_fail(name: str) -> None:
    """Each two sorts of call; in which ways is drawn, the same each time."""
    drawn = random.Random(name)
    ways = ways_of(name)
    for calls in itertools.combinations(ways, 2):
        play(CASES[name], {call: drawn.choice(ways[call]) for call in calls})
