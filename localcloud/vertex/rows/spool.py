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
from io import FileIO
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

    Its files are open from the first flush after a rest until the next one.
    """

    def __init__(self, spool: Spool) -> None:
        self.rows = spool.count()
        self._end = spool.end(self.rows)
        self._failed = spool.failed(self.rows)
        self._spool = spool
        # Whoever died between the two writes left lines that no index knows, or
        # a part of an entry.
        with spool.lines.open("ab") as lines, spool.index.open("ab") as index:
            lines.truncate(self._end)
            index.truncate(self.rows * _ENTRY)
        self._files: tuple[FileIO, FileIO] | None = None
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
        if self._files is None:
            spool = self._spool
            self._files = FileIO(spool.lines, "ab"), FileIO(spool.index, "ab")
        lines, index = self._files
        _write_all(lines.fileno(), b"".join(self._pending))
        _write_all(index.fileno(), _little_endian(self._entries))
        self._pending.clear()
        self._pending_size = 0
        self._entries = array("Q")

    def rest(self) -> None:
        """
        Hold no file open while others have their turn.
        """
        for file in self._files or ():
            file.close()
        self._files = None

    def __enter__(self) -> "SpoolWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.rest()


class SpoolReader:
    """
    Rows in any order, one at a time, without holding the file in memory.
    """

    def __init__(self, spool: Spool) -> None:
        self._entries = array("Q")
        self._entries.frombytes(spool.index.read_bytes())
        if _BIG_ENDIAN:
            self._entries.byteswap()
        self._spool = spool
        self._lines: FileIO | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def line(self, row: int) -> bytes:
        """
        A row, counted from 0.
        """
        start = self._entries[row - 1] & _END_MASK if row else 0
        end = self._entries[row] & _END_MASK
        if self._lines is None:
            self._lines = FileIO(self._spool.lines)
        return os.pread(self._lines.fileno(), end - start, start)

    def rest(self) -> None:
        """
        Hold no file open until the next row is read.
        """
        if self._lines is not None:
            self._lines.close()
            self._lines = None


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
