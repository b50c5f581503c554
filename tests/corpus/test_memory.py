"""What a bomb takes: the function's memory does not grow with what it refuses."""

import tracemalloc
from dataclasses import replace

import pytest

from shared.decoding import MAX_LINE
from tests.contents import check
from tests.corpus.cases import Case
from tests.corpus.playing import Stage
from tests.corpus.table import CASES

_MIB = 1 << 20
# A line is held once, and joined once from its pieces; it is never decoded.
_LONGEST = 3 * MAX_LINE
_SHORT = 16 * _MIB
BOMBS = [case for case in CASES if case.number in (15, 16, 43, 55)]


@pytest.mark.parametrize("case", BOMBS, ids=str)
def test_what_is_refused_is_refused_in_bounded_memory(case: Case, stage: Stage) -> None:
    content = case.made()
    tracemalloc.start()
    try:
        stage.play(replace(case, content=content))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < (_LONGEST if case.number == 43 else _SHORT)


def test_what_is_kept_of_bad_rows_does_not_grow_with_their_number() -> None:
    """Case 44 has two hundred thousand that are looked at."""
    content = b"{}\n" * 20_000
    tracemalloc.start()
    try:
        check(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < _MIB
