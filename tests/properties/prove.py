"""
All that is too long for the suite: `make prove`.

Every pair of two mishaps in one run, for every story, once for each place where a run
can stand between them; every schedule of two processes in which one dies and all sleep
once; thousands of days of a deployment, of its lives, and of crowds of drops on storage
as it really is; and every single mishap of every story once more with Google's real
clients, through the door of a local cloud. Prints how many runs there were, and ends
with 1 at the first broken promise.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from functools import cache

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import on_demand
from tests.properties.crowd_runs import run as run_crowd
from tests.properties.days import Days
from tests.properties.door.mutants import MISTAKES, caught
from tests.properties.door.proving import proved
from tests.properties.enumerating import (
    BrokenPromiseError,
    Outcomes,
    expect_ends,
    run,
    singles,
)
from tests.properties.interleaving import CASES, POLLED, explore
from tests.properties.lives import SORTS, live
from tests.properties.stories import STORIES

_CROWDS = 100
_WHAT = ("all", "pairs", "schedules", "days", "crowds", "lives", "door")
_LIVES = 500
# How often it says how far it has come where no terminal shows it.
_SHOWN_SECONDS = 60
Work = tuple[Callable[..., int | Counter[str]], tuple[object, ...]]

_HALVES = ("1/2", "2/2")


@cache
def _known(story: str) -> dict[int, Outcomes]:
    """How this process has seen runs of the story end, by where they stood."""
    return {}


def pairs_after(story: str, which: int, calls: list[str]) -> int:
    """
    Run a story with the `which`-th of its single mishaps and each second one that can
    befall these calls after it, events coming again until they are answered; return
    how many runs that were.
    """
    plain, known = run(story, {}, redelivers=True), _known(story)
    first = list(singles(plain.calls))[which]
    (number,) = first
    runs = 0
    for second in singles(calls, since=number + 1):
        both = {**first, **second}
        expect_ends(story, plain, run(story, both, redelivers=True, known=known), both)
        runs += 1
    return runs


def schedules(start: str, pair: tuple[str, str], backwards: bool) -> int:
    """Run every schedule of two processes; return how many there were."""
    return explore(start, pair, deaths=1, sleeps=1, backwards=backwards).schedules


def days(examples: int, number: int) -> int:
    """Let so many deployments live; return how many."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=60,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    machine = seed(number)(type(f"Days{number}", (Days,), {}))
    run_state_machine_as_test(machine, settings=chosen)
    return examples


def crowds(first: int) -> int:
    """Run so many crowds of drops on storage as it really is; return how many."""
    for number in range(first, first + _CROWDS):
        run_crowd(number)
    return _CROWDS


def lives(sort: str, first: int) -> Counter[str]:
    """Let so many lives of a sort pass; return what came of them."""
    told: Counter[str] = Counter()
    for number in range(first, first + _LIVES):
        lived = live(sort, number)
        told.update(
            runs=1, drops=lived.drops, twins=lived.twins, repeated=lived.repeated
        )
    return told


def door(story: str, part: str) -> int:
    """Run a part of a story's runs through the door; return how many."""
    return proved("--story", story, "--part", part).runs


def adapters(mistake: str) -> int:
    """Have a mistake in an adapter caught; return how many that were."""
    if not caught(mistake):
        raise BrokenPromiseError(f"not caught: {mistake}")
    return 1


def pairs_of(story: str) -> Iterator[Work]:
    """
    The work that all pairs of a story are, cut by the first mishap. Where a run comes
    to stand where an earlier one stood, it has had its second mishaps from there.
    """
    known: dict[int, Outcomes] = {}
    calls = run(story, {}, redelivers=True).calls
    for which, first in enumerate(singles(calls)):
        ran = run(story, first, redelivers=True, known=known)
        yield pairs_after, (story, which, ran.calls)


def parts(wanted: str, first: int) -> Iterator[tuple[str, list[Work]]]:
    """What is to be proved, by what it is called."""
    if wanted in ("all", "days"):
        work: list[Work] = [(days, (500, first + n)) for n in range(20)]
        yield "days of a deployment", work
    if wanted in ("all", "crowds"):
        seeds = range(first * 100_000, first * 100_000 + 3_000, _CROWDS)
        yield "crowds on storage as it is", [(crowds, (seed,)) for seed in seeds]
    for sort in SORTS if wanted in ("all", "lives") else ():
        starts = range(first * 1_000_000, first * 1_000_000 + 25_000, _LIVES)
        yield f"{sort} lives", [(lives, (sort, start)) for start in starts]
    if wanted in ("all", "schedules"):
        asked = [(schedules, (*case, False)) for case in CASES]
        turned: list[Work] = [(schedules, (*case, True)) for case in POLLED]
        yield "schedules with a death and a sleep", [*asked, *turned]
    if wanted in ("all", "door"):
        halves = [(door, (story, half)) for story in STORIES for half in _HALVES]
        yield "runs with one mishap, through the door", [*halves]
        planted: list[Work] = [(adapters, (mistake,)) for mistake in MISTAKES]
        yield "mistakes in the adapters, each caught", planted
    if wanted in ("all", "pairs"):
        for story in STORIES:
            yield f"{story}: runs with two mishaps", list(pairs_of(story))


def main(argv: Sequence[str] | None = None) -> int:
    """Prove it, on every core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=_WHAT, default="all")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(argv)
    started, total, shown = time.monotonic(), 0, time.monotonic()
    with on_demand.a_process_a_core() as pool:
        for title, work in parts(given.what, given.seed):
            asked = [pool.submit(do, *arguments) for do, arguments in work]
            told: Counter[str] = Counter()
            for number, done in enumerate(as_completed(asked), 1):
                if error := done.exception():
                    pool.shutdown(cancel_futures=True)
                    print(f"BROKEN: {error}")
                    return 1
                came = done.result()
                told.update(came if isinstance(came, Counter) else {"runs": came})
                is_seen = sys.stderr.isatty()
                if is_seen or time.monotonic() > shown + _SHOWN_SECONDS:
                    shown, end = time.monotonic(), "" if is_seen else "\n"
                    print(f"\r{title}: {number}/{len(work)}", end=end, file=sys.stderr)
            total += told["runs"]
            seconds = time.monotonic() - started
            said = ", ".join(f"{count} {what}" for what, count in told.items())
            print(f"{title}: {said}; {seconds:.0f} s so far", flush=True)
    print(f"{total} runs, no promise broken")
    return 0


if __name__ == "__main__":
    sys.exit(on_demand.ended(main))
