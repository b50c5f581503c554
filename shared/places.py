"""
Where in a line something is wrong that its decoder does not place.

Asked of lines that are JSON, but for numbers that no decoder holds: so tokens
are enough to find the place, and no value is kept. Memory does not grow with
the line, and no pattern tries anything twice.
"""

import re
from collections.abc import Iterator

import msgspec

_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'  # a string
    rb"|-?[0-9][0-9.eE+-]*+|[{}\[\]:,]",
    re.DOTALL,
)
_OPENING = {b"{"[0]: ".", b"["[0]: "[]"}
_CLOSING = b"}]"
_COLON = b":"[0]
_DIGITS = b"-0123456789"


def number_out_of_range(line: bytes | bytearray) -> int:
    """Return the offset of the first number that can't be held, or 0."""
    for start, end in _tokens(line):
        if line[start] in _DIGITS:
            try:
                msgspec.json.decode(line[start:end])
            except msgspec.DecodeError:
                return start
    return 0


def name_given_twice(line: bytes | bytearray) -> tuple[int, str]:
    """
    Return where an object of the line first has a name that it has already:
    the offset of the second one, and its JSON path. (0, "") if there is none.
    """
    # For each bracket that is open: the names so far, and the path's part.
    seen: list[set[str]] = []
    path: list[str] = []
    last = 0, 0
    for start, end in _tokens(line):
        sign = line[start]
        if sign in _OPENING:
            seen.append(set())
            path.append(_OPENING[sign])
        elif sign in _CLOSING:
            seen.pop()
            path.pop()
        elif sign == _COLON:
            # Not before it is known to be a name: a text may be long.
            name: str = msgspec.json.decode(line[last[0] : last[1]])
            path[-1] = f".{name}"
            if name in seen[-1]:
                return last[0], "$" + "".join(path)
            seen[-1].add(name)
        else:
            last = start, end
    return 0, ""


def _tokens(line: bytes | bytearray) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _TOKEN.finditer(line))
