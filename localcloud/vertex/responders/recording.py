"""
A file of output lines, as Vertex AI writes them, to be looked up by request or key.
"""

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from localcloud.vertex.answers.fields import Json
from localcloud.vertex.responders.canonical import digest, parsed, plain_key
from localcloud.vertex.responders.spec import ResponderError

_decode = msgspec.json.Decoder().decode


class Recording:
    """
    The lines of one file, of which no more than the places is kept in memory.

    Raises a ResponderError if a line is no output line.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        # Where the first line with this request, key, or both of them is.
        self._places: dict[Hashable, int] = {}
        try:
            self._lines = file.open("rb")
        except OSError as error:
            raise ResponderError(f"{file} can't be read: {error}") from error
        try:
            self._read()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._lines.close()

    def find(self, request: Json, key: Any) -> Json | None:
        """
        The line recorded for a request: the first with its key too, else the first
        of the same request, else the first of the same key. None if there is none.
        """
        asked = digest(request)
        for name in _names(asked, key):
            place = self._places.get(name)
            if place is not None:
                self._lines.seek(place)
                line: Json = _decode(self._lines.readline())
                return line
        return None

    def _read(self) -> None:
        place = 0
        for number, line in enumerate(self._lines, 1):
            if line.strip():
                self._note(number, line, place)
            place += len(line)
        if not self._places:
            raise ResponderError(f"{self.file} has no output line")

    def _note(self, number: int, line: bytes, place: int) -> None:
        try:
            row = _decode(line)
        except (ValueError, RecursionError) as error:
            raise self._refused(number, f"no JSON: {error}") from error
        if not isinstance(row, dict):
            raise self._refused(number, "no JSON object")
        request = parsed(row.get("request"))
        if request is None:
            raise self._refused(number, "without a `request`")
        if not isinstance(row.get("response") or {}, dict):
            raise self._refused(number, "one whose `response` is no object")
        if not isinstance(row.get("status", ""), str):
            raise self._refused(number, "one whose `status` is no text")
        if not row.get("status") and "response" not in row:
            raise self._refused(
                number, "without `response` or `status`: it is input, not output"
            )
        for name in _names(digest(request), row.get("key")):
            self._places.setdefault(name, place)

    def _refused(self, number: int, what: str) -> ResponderError:
        return ResponderError(
            f"{self.file}, line {number}, is {what}. recorded: wants output lines as "
            "Vertex AI writes them, such as a predictions.jsonl"
        )


def _names(asked: bytes, key: Any) -> Iterator[Hashable]:
    """
    What a line may be found by, the best first.
    """
    if key is None or isinstance(key, dict | list):
        yield asked
        return
    # True is 1 to a dictionary, and is no key like it.
    exact, plain = (type(key), key), ("plain", plain_key(key))
    yield (asked, exact)
    yield (asked, plain)
    yield asked
    yield exact
    yield plain
