"""
Cloud Storage as it really is breaks no promise, and changes no drop's end: one write a
second of each name, 429 and 503, answers that are lost after the effect, lists in pages
of three, versions and soft-deleted generations, a pinned generation that vanishes
between check and copy, 403 in place of 404.

Thousands of crowds are `make prove`.
"""

import contextlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.properties.crowd_runs import run
from tests.properties.enumerating import run as run_calmly
from tests.properties.stories import OTHERWISE, STORIES
from tests.properties.stormy_world import StormyWorld
from tests.storage_weather import Trouble, Weather

SEEDS = 30
ROOT = Path(__file__).parents[2]


def test_no_weather_breaks_a_promise_to_a_crowd_of_drops() -> None:
    """And all of it was met, in some run."""
    met: Counter[Trouble] = Counter()
    endings: Counter[str] = Counter()
    waited = meanwhile = vanished = 0
    for seed in range(SEEDS):
        ran = run(seed)
        met.update(ran.met)
        endings.update(ran.endings.values())
        waited += ran.waited
        meanwhile += ran.meanwhile
        vanished += ran.vanished

    assert set(met) == set(Trouble)
    assert set(endings) == {"completed", "no_request", "superseded"}
    assert min(waited, meanwhile, vanished) >= SEEDS


@pytest.mark.parametrize("story", STORIES)
def test_each_story_ends_in_a_storm_as_it_ends_in_a_calm(story: str) -> None:
    calm = run_calmly(story, {}).outcomes
    for seed in range(5):
        world = StormyWorld.under(Weather(seed=seed))
        with contextlib.redirect_stdout(world.lines):
            drops = STORIES[story](world)
            world.again()

        ended = world.check(drops, mishaps=True)
        others = set(ended.items()) - set(calm.items())
        assert {how for _, how in others} <= OTHERWISE.get(story, frozenset())


def test_a_seed_gives_the_same_run_byte_for_byte() -> None:
    first, again, other = run(7), run(7), run(8)

    assert again == first
    assert other.log != first.log


def test_and_so_it_does_in_another_process() -> None:
    """Whatever the order in which that one's sets are."""
    told = {
        subprocess.run(
            [sys.executable, "-m", "tests.properties.crowd_runs", "--seed", "7"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": number},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for number in ("1", "2")
    }

    assert told == {f"{len(run(7).calls)} calls, {run(7).digest()}\n"}
