"""Whatever two adjacent effects are, something keeps their order, or they commute."""

import ast
from pathlib import Path

import pytest

from tests.properties.mistakes.effects import PAIRS
from tests.properties.mistakes.pair import Pair
from tests.properties.mutants import MUTANTS, SWAPPED

_ROOT = Path(__file__).parents[2]
_ALL = [pair for pairs in PAIRS.values() for pair in pairs]


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
