"""
Rows on disk.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.vertex.rows.spool import Spool, SpoolReader, SpoolWriter

_ROWS = st.lists(st.tuples(st.binary(max_size=50), st.booleans()), max_size=30)


@settings(deadline=None)
@given(_ROWS, st.integers(0, 30), st.binary(max_size=7), st.binary(max_size=20))
def test_rows_that_were_flushed_are_there_and_no_others(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[bytes, bool]],
    cut: int,
    half_an_entry: bytes,
    half_a_line: bytes,
) -> None:
    """
    Whatever a process that died left behind the last whole row.
    """
    spool = Spool(tmp_path_factory.mktemp("spool"), "rows")
    with SpoolWriter(spool) as writer:
        for line, failed in rows[:cut]:
            writer.add(line, failed=failed)
        writer.flush()
        writer.add(b"never flushed")
    with spool.lines.open("ab") as lines, spool.index.open("ab") as index:
        lines.write(half_a_line)
        index.write(half_an_entry)
    with SpoolWriter(spool) as writer:
        assert writer.rows == len(rows[:cut])
        for line, failed in rows[cut:]:
            writer.add(line, failed=failed)
        writer.flush()

    assert spool.count() == len(rows)
    for first in range(len(rows) + 1):
        assert spool.failed(first) == sum(failed for _, failed in rows[:first])
        before = b"".join(line for line, _ in rows[:first])
        assert b"".join(spool.chunks(0, spool.end(first))) == before
    reader = SpoolReader(spool)
    assert [reader.line(n) for n in range(len(reader))] == [line for line, _ in rows]
    reader.rest()


def test_a_spool_that_was_never_written_is_empty(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "rows")
    assert (spool.count(), spool.failed(0), spool.end(0)) == (0, 0, 0)
    spool.remove()


def test_large_rows_become_visible_without_being_asked_for(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "rows")
    with SpoolWriter(spool) as writer:
        writer.add(b"x" * (2 << 20))
        assert spool.count() == 1
