"""
Rows on disk: a file of lines, and beside it an index that says how far it goes.

The index holds 8 bytes a row: where the row ends (40 bits) and how many rows
failed up to and with it (24 bits). Lines are written first and the index after,
so a row is there when the index says so, whatever ends the process; and anybody
may read progress from the index, without asking the writer.
"""

import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_ENTRY = 8
_END_BITS = 40
_END_MASK = (1 << _END_BITS) - 1
_BUFFER = 1 << 20


class Spool:
    """
    The pair of files that holds the rows of one name in one folder.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.lines = folder / f"{name}.jsonl"
        self.index = folder / f"{name}.index"

    def count(self) -> int:
        """
        How many rows there are.
        """
        try:
            return os.stat(self.index).st_size // _ENTRY
        except FileNotFoundError:
            return 0

    def failed(self, rows: int) -> int:
        """
        How many of the first so many rows failed.
        """
        return self._entry(rows) >> _END_BITS if rows else 0

    def end(self, rows: int) -> int:
        """
        How many bytes the first so many rows take.
        """
        return self._entry(rows) & _END_MASK if rows else 0

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """
        The bytes of the lines between two places, a piece at a time.
        """
        size = end - start
        with self.lines.open("rb") as lines:
            lines.seek(start)
            while size > 0 and (chunk := lines.read(min(size, _BUFFER))):
                size -= len(chunk)
                yield chunk

    def remove(self) -> None:
        self.lines.unlink(missing_ok=True)
        self.index.unlink(missing_ok=True)

    def _entry(self, row: int) -> int:
        """
        The index entry of a row, counted from 1.
        """
        with self.index.open("rb") as index:
            index.seek((row - 1) * _ENTRY)
            return int.from_bytes(index.read(_ENTRY), "little")


class SpoolWriter:
    """
    Appends rows; what was written before, by whichever process, is kept.
    """

    def __init__(self, spool: Spool) -> None:
        self.rows = spool.count()
        self._end = spool.end(self.rows)
        self._failed = spool.failed(self.rows)
        spool.lines.touch()
        self._lines = spool.lines.open("r+b", buffering=0)
        self._index = spool.index.open("ab", buffering=0)
        # Whoever died between the two writes left lines that no index knows, or
        # a part of an entry.
        self._lines.truncate(self._end)
        self._lines.seek(self._end)
        self._index.truncate(self.rows * _ENTRY)
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._entries = array("Q")

    def add(self, line: bytes, *, failed: bool = False) -> None:
        """
        One more row; an empty line is a row that leaves no trace.
        """
        self.rows += 1
        self._end += len(line)
        self._failed += failed
        self._pending.append(line)
        self._pending_size += len(line)
        self._entries.append(self._failed << _END_BITS | self._end)
        if self._pending_size > _BUFFER:
            self.flush()

    def flush(self) -> None:
        """
        Let others see the rows so far.
        """
        if not self._entries:
            return
        _write_all(self._lines.fileno(), b"".join(self._pending))
        _write_all(self._index.fileno(), _little_endian(self._entries))
        self._pending.clear()
        self._pending_size = 0
        self._entries = array("Q")

    def close(self) -> None:
        self._lines.close()
        self._index.close()

    def __enter__(self) -> "SpoolWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class SpoolReader:
    """
    Rows in any order, one at a time, without holding the file in memory.
    """

    def __init__(self, spool: Spool) -> None:
        self._entries = array("Q")
        self._entries.frombytes(spool.index.read_bytes())
        if _BIG_ENDIAN:
            self._entries.byteswap()
        self._lines = spool.lines.open("rb", buffering=0)

    def __len__(self) -> int:
        return len(self._entries)

    def line(self, row: int) -> bytes:
        """
        A row, counted from 0.
        """
        start = self._entries[row - 1] & _END_MASK if row else 0
        end = self._entries[row] & _END_MASK
        return os.pread(self._lines.fileno(), end - start, start)

    def close(self) -> None:
        self._lines.close()


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


_BIG_ENDIAN = array("H", [1]).tobytes() == b"\x00\x01"


def _little_endian(entries: "array[int]") -> bytes:
    if _BIG_ENDIAN:
        entries = array("Q", entries)
        entries.byteswap()
    return entries.tobytes()
