"""Ten thousand mutated lines against the check; `make fuzz` takes a million."""

from tests.corpus.fuzzing import fuzz
from tests.corpus.mutating import mutated_lines

SEED = 7
LINES = 10_000


def test_nothing_but_a_verdict_comes_out_of_mutated_lines() -> None:
    found = fuzz(SEED, LINES)

    assert found.total() == LINES
    # As many kinds as there were when this was written: a mutator that makes nothing
    # but noise would find little.
    assert found["accepted"] > LINES / 10
    assert len(found) >= 15


def test_the_same_seed_makes_the_same_lines() -> None:
    assert list(mutated_lines(SEED, 50)) == list(mutated_lines(SEED, 50))
    assert list(mutated_lines(SEED, 50)) != list(mutated_lines(SEED + 1, 50))
