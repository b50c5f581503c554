"""
The check of a drop's content, row by row, as it streams by.

Memory does not grow with the file: one line is held at a time, no line over
MAX_LINE is, and one that would take too much to decode is refused unparsed.
"""

import codecs
from collections.abc import Sequence
from typing import Any

from shared.decoding import BACKSLASH, MAX_LINE, count_colons, decode_row
from shared.fields import Fields
from shared.media import allow
from shared.places import name_given_twice
from shared.problems import BrokenCheckError, Code, Odd, Problem, RowError, Warn
from shared.routes import Limits
from shared.rows import check_request, request_of
from shared.verdicts import Verdict

REPORTED = 100
_HEAD = 4
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"PAR1": "Parquet",
    b"%PDF": "PDF",
}
_NO_ROWS = "the file has no rows: write one JSON object on each line"
_BOM = codecs.BOM_UTF8
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class StopReading(Exception):
    """Raised out of `feed`: reading on would change nothing that matters."""


class Preflight:
    """Fed a file's bytes in order, says whether every row can run."""

    def __init__(self, limits: Limits, media_prefixes: Sequence[str]) -> None:
        self._limits = limits
        self._fields = Fields(allow(media_prefixes))
        self._keys: set[int] = set()
        self._head: bytes | None = b""
        self._rest = bytearray()
        self._seen = 0
        self._offset = 0
        self._line = 0
        self._rows = 0
        self._blank: Problem | None = None
        self._problems: list[Problem] = []
        self._problem_count = 0
        self._odd: dict[Odd, Warn] = {}

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises StopReading once the verdict can't change."""
        if self._head is not None:
            data = self._head + data
            if len(data) < _HEAD:
                self._head = data
                return
            self._head = None
            self._first_bytes(data)
        self._seen += len(data)
        if self._seen > self._limits.bytes:
            self._stop(
                Code.TOO_LARGE,
                f"the file has more than {self._limits.bytes} bytes: split it",
            )
        *lines, rest = data.split(b"\n")
        for line in lines:
            if self._rest:
                self._rest += line
                self._take(self._rest)
                self._rest = bytearray()
            else:
                self._take(line)
        self._rest += rest
        if len(self._rest) > MAX_LINE:
            self._line += 1
            self._too_long()

    def finish(self) -> Verdict:
        """Return the verdict over all that was fed. Raises StopReading as well."""
        if self._head is not None:
            # A file too short to have shown what it is.
            head = self._head
            self._head = None
            self._first_bytes(head)
            self.feed(head)
        if self._rest:
            self._take(self._rest)
            self._rest = bytearray()
        if self._line == 0 or (self._rows == 0 and not self._problem_count):
            self._note(Problem(code=Code.EMPTY_FILE, message=_NO_ROWS))
        return self.verdict()

    def verdict(self) -> Verdict:
        """The verdict as it stands, after StopReading too."""
        return Verdict(
            rows=self._rows,
            problems=tuple(self._problems),
            problem_count=self._problem_count,
            warnings=tuple(self._odd.values()),
        )

    def _first_bytes(self, data: bytes) -> None:
        kind = next((k for magic, k in _MAGIC.items() if data.startswith(magic)), None)
        if kind:
            self._stop(Code.NOT_TEXT, f"this looks like {kind}: upload plain JSONL")
        if data.startswith(_BOM):
            self._stop(
                Code.BYTE_ORDER_MARK,
                "the file begins with a byte order mark: save it as UTF-8 without one",
            )
        if data.startswith(_WIDE_BOMS) or b"\0" in data[:2]:
            self._stop(Code.NOT_UTF8, "this looks like UTF-16 or UTF-32: save as UTF-8")

    def _take(self, line: bytes | bytearray) -> None:
        self._line += 1
        if len(line) > MAX_LINE:
            self._too_long()
        if self._line > 2 * self._limits.rows:
            self._stop(
                Code.TOO_MANY_ROWS,
                f"the file has more than {2 * self._limits.rows} lines: remove the "
                "empty ones",
            )
        try:
            self._check(line)
        except RowError as error:
            self._note(
                Problem(
                    code=error.code,
                    message=error.message,
                    line=self._line,
                    offset=self._offset + error.offset,
                    path=error.path,
                )
            )
            if error.code is Code.TOO_MANY_FIELDS:
                raise StopReading from error
        except StopReading:
            raise
        except Exception as error:  # noqa: BLE001  # raised again, without its text
            raise BrokenCheckError(error, self._line) from None
        self._offset += len(line) + 1

    def _check(self, line: bytes | bytearray) -> None:
        if line in (b"", b"\r"):
            self._blank = self._blank or Problem(
                code=Code.EMPTY_LINE,
                message="an empty line between rows: remove it",
                line=self._line,
                offset=self._offset,
            )
            return
        if self._blank:
            self._note(self._blank)
            self._blank = None
        self._rows += 1
        if self._rows > self._limits.rows:
            self._stop(
                Code.TOO_MANY_ROWS,
                f"the file has more than {self._limits.rows} rows: split it",
            )
        row = decode_row(line)
        request = request_of(row)
        # A decoder keeps one of two members with one name. The text then has
        # more colons than what was decoded accounts for.
        if self._fields.learn(row) != count_colons(line):
            raise self._duplicate(line)
        odd = check_request(request)
        if "model" in row:
            odd.append(Odd.MODEL_IN_ROW)
        if line.endswith(b"\r"):
            odd.append(Odd.CARRIAGE_RETURN)
        if BACKSLASH in line and b"\\u0000" in line:
            odd.append(Odd.NUL_CHARACTER)
        if self._is_repeated(row):
            odd.append(Odd.REPEATED_KEY)
        for each in odd:
            self._count(each)

    def _duplicate(self, line: bytes | bytearray) -> RowError:
        # Looking for the place takes as long as a check: not for what is not shown.
        is_shown = self._problem_count < REPORTED
        offset, path = name_given_twice(line) if is_shown else (0, "")
        return RowError(
            Code.DUPLICATE_FIELD,
            "a field is there twice in one object, and only one would count: remove "
            "the other",
            offset=offset,
            path=path,
        )

    def _is_repeated(self, row: dict[str, Any]) -> bool:
        key = row.get("key", row.get("custom_id"))
        if not isinstance(key, (str, int)):
            return False
        digest = hash(key)
        if digest in self._keys:
            return True
        self._keys.add(digest)
        return False

    def _count(self, odd: Odd) -> None:
        known = self._odd.get(odd)
        self._odd[odd] = Warn(
            code=odd,
            message=odd.meaning,
            rows=known.rows + 1 if known else 1,
            first_line=known.first_line if known else self._line,
        )

    def _note(self, problem: Problem) -> None:
        self._problem_count += 1
        if len(self._problems) < REPORTED:
            self._problems.append(problem)

    def _stop(self, code: Code, message: str) -> None:
        self._note(
            Problem(
                code=code,
                message=message,
                line=max(self._line, 1),
                offset=self._offset,
            )
        )
        raise StopReading

    def _too_long(self) -> None:
        self._stop(
            Code.LINE_TOO_LONG,
            f"a line has more than {MAX_LINE} bytes: put media into a bucket and "
            "name it by fileData, and end each row with a newline",
        )
