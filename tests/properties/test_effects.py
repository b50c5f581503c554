"""Whatever two adjacent effects are, something keeps their order, or they commute."""

import ast
from itertools import pairwise, product
from pathlib import Path
from types import FrameType

import pytest

from tests.properties.befalling import changes
from tests.properties.mistakes.effects import EFFECTS, PAIRS
from tests.properties.mistakes.pair import Pair
from tests.properties.mutants import MUTANTS, SWAPPED
from tests.properties.sites import (
    OnCall,
    frames,
    function_of,
    module_of,
    play_stories,
)
from tests.properties.world import World

_ROOT = Path(__file__).parents[2]
_ALL = [pair for pairs in PAIRS.values() for pair in pairs]
# Through these everybody writes: whose effect it is, who calls them says.
_WRITERS = {"ledger", "markers", "route_notes", "bookmark"}


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    tree = ast.parse((_ROOT / file).read_text(encoding="utf-8"))
    return name in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("pair", _ALL, ids=lambda pair: f"{pair.first}, {pair.then}")
def test_one_thing_is_said_of_a_pair_and_it_is_there(pair: Pair) -> None:
    said = [pair.mutant, pair.test, pair.commutes, pair.needs]

    assert sum(map(bool, said)) == 1
    assert not pair.mutant or pair.mutant in SWAPPED
    assert not pair.test or _is_there(pair.test)


def test_every_swap_is_of_a_pair() -> None:
    assert {pair.mutant for pair in _ALL if pair.mutant} == set(SWAPPED)


def test_whatever_test_shows_a_mistake_is_there() -> None:
    assert all(_is_there(m.test) for m in MUTANTS.values() if m.test)


def test_every_two_effects_of_the_stories_are_told_of() -> None:
    told = {(pair.first, pair.then) for pair in _ALL}
    met = _adjacent()

    assert {effect for pair in met for effect in pair} == set(EFFECTS)
    assert {
        (first, then)
        for first, then in met
        if told.isdisjoint(product(EFFECTS[first], EFFECTS[then]))
    } == set()


def _adjacent() -> set[tuple[str, str]]:
    """Each two changes that come right after one another in one invocation."""
    met: list[tuple[FrameType, str]] = []

    def looker(_: World) -> OnCall:
        def look(call: str) -> None:
            if changes(call):
                made_from = list(frames())
                met.append((made_from[-1], _effect(call, made_from)))

        return look

    play_stories(looker)
    return {
        (first, then) for (one, first), (same, then) in pairwise(met) if one is same
    }


def _effect(call: str, made_from: list[FrameType]) -> str:
    how = call.partition(" ")[0]
    for frame in made_from:
        name = function_of(frame).rpartition(".")[2]
        if module_of(frame) not in _WRITERS:
            break
        how = f"{module_of(frame)}.{name}"
    return f"{module_of(frame)}.{name}: {how}"
