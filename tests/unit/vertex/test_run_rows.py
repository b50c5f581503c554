"""
Rows run: answered, shuffled, echoed, and taken up again after an end.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localcloud.vertex.answers.answer import Asked, answer
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.stages.run_rows import shuffled
from tests.unit.vertex.memory_storage import MemoryStorage
from tests.unit.vertex.row_work import RowWork, jsonl, text_row

KNOBS = Knobs()


class Crash(BaseException):
    """
    The end of the process, which nothing can catch.
    """


def many(count: int) -> MemoryStorage:
    rows = [text_row(f"Text number {n}", key=f"k{n}") for n in range(count)]
    return MemoryStorage({"in.jsonl": jsonl(*rows)})


def settled(line: dict[str, Any]) -> dict[str, Any]:
    """
    A line without its times.
    """
    response = {k: v for k, v in line["response"].items() if k != "createTime"}
    return line | {"processed_time": "", "response": response}


def test_every_row_has_one_line_in_another_order(tmp_path: Path) -> None:
    work = RowWork(tmp_path, many(500))
    work.imported()
    work.ran()
    keys = [line["key"] for line in work.lines()]
    assert sorted(keys) == sorted(f"k{n}" for n in range(500))
    assert keys != [f"k{n}" for n in range(500)]


@pytest.mark.parametrize("count", range(2, 10))
def test_a_few_rows_are_shuffled_too(count: int) -> None:
    for seed in range(50):
        order = list(shuffled(count, str(seed)))
        assert sorted(order) == list(range(count))
        assert order != list(range(count))


def test_rows_may_keep_their_order(tmp_path: Path) -> None:
    work = RowWork(tmp_path, many(20), replace(KNOBS, shuffle=False))
    work.imported()
    work.ran()
    assert [line["key"] for line in work.lines()] == [f"k{n}" for n in range(20)]


@pytest.mark.parametrize("died_at", [0, 1, 40, 99])
def test_a_run_that_died_goes_on_where_it_was(tmp_path: Path, died_at: int) -> None:
    """
    The file in the end is that of a run that never died, but for its times.
    """
    whole = RowWork(tmp_path / "whole", many(100))
    whole.imported()
    whole.ran()

    seen = 0

    def dying(asked: Asked) -> dict[str, Any]:
        nonlocal seen
        if seen == died_at:
            raise Crash
        seen += 1
        return answer(asked)

    died = RowWork(tmp_path / "died", many(100))
    died.imported()
    with pytest.raises(Crash):
        died.ran(dying)
    assert (died.output.count() > 0) == (died_at > 0)
    # What a dying process leaves: a line without an index entry, half an entry.
    with died.output.lines.open("ab") as lines, died.output.index.open("ab") as index:
        lines.write(b'{"half": "a l')
        index.write(b"\x01\x02\x03")
    died.ran()

    assert [settled(line) for line in died.lines()] == [
        settled(line) for line in whole.lines()
    ]
    assert died.output.count() == 100


def test_rows_that_are_done_are_not_answered_again(tmp_path: Path) -> None:
    work = RowWork(tmp_path, many(50))
    work.imported()
    work.ran()

    def never(asked: Asked) -> dict[str, Any]:
        raise AssertionError(asked)

    assert work.ran(never) == 50
