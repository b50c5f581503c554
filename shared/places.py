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
_OPENING = {b"{": ".", b"[": "[]"}


def number_out_of_range(line: bytes | bytearray) -> int:
    """Return the offset of the first number that can't be held, or 0."""
    for offset, token in _tokens(line):
        if token[:1] in b"-0123456789":
            try:
                msgspec.json.decode(token)
            except msgspec.DecodeError:
                return offset
    return 0


def name_given_twice(line: bytes | bytearray) -> tuple[int, str]:
    """
    Return where an object of the line first has a name that it has already:
    the offset of the second one, and its JSON path. (0, "") if there is none.
    """
    # For each bracket that is open: the names so far, and the path's part.
    seen: list[set[str]] = []
    path: list[str] = []
    last = 0, b""
    for offset, token in _tokens(line):
        if token in _OPENING:
            seen.append(set())
            path.append(_OPENING[token])
        elif token in b"}]":
            seen.pop()
            path.pop()
        elif token == b":":
            name: str = msgspec.json.decode(last[1])
            path[-1] = f".{name}"
            if name in seen[-1]:
                return last[0], "$" + "".join(path)
            seen[-1].add(name)
        else:
            last = offset, token
    return 0, ""


def _tokens(line: bytes | bytearray) -> Iterator[tuple[int, bytes]]:
    for found in _TOKEN.finditer(line):
        yield found.start(), found.group()
