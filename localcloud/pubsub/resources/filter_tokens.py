"""
The words of a subscription's filter: keys, string literals, signs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<literal>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
    | (?P<sign>!= | [=.:(),])
    # A word may hold hyphens (`ce-type`) but not begin with one: in front of a
    # term a hyphen is the short form of NOT.
    | (?P<word>[A-Za-z0-9_][A-Za-z0-9_-]*)
    | (?P<minus>-)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:x(?P<hex>[0-9A-Fa-f]{2})|u(?P<short>[0-9A-Fa-f]{4})"
    r"|U(?P<long>[0-9A-Fa-f]{8})|(?P<octal>[0-7]{3})|(?P<plain>.))",
    re.DOTALL,
)
_PLAIN = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    '"': '"',
    "'": "'",
}


class FilterSyntaxError(ValueError):
    """
    The text is not a filter; says where and what was met there.
    """


class Kind(StrEnum):
    WORD = "word"
    LITERAL = "literal"
    SIGN = "sign"
    MINUS = "minus"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """
    One word: `text` is a literal's value, and anything else as it was written.
    """

    kind: Kind
    text: str
    position: int


def tokens(text: str) -> Iterator[Token]:
    """
    Every token in order, and one that marks the end.
    """
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FilterSyntaxError(f"unexpected {text[position]!r} at {position}")
        if match.lastgroup != "space":
            kind, found = Kind(str(match.lastgroup)), match.group()
            if kind is Kind.LITERAL:
                found = _value(found[1:-1])
            yield Token(kind=kind, text=found, position=position)
        position = match.end()
    yield Token(kind=Kind.END, text="the end", position=position)


def _value(literal: str) -> str:
    return _ESCAPE.sub(_unescaped, literal)


def _unescaped(match: re.Match[str]) -> str:
    if plain := match["plain"]:
        if plain not in _PLAIN:
            raise FilterSyntaxError(f"unknown escape \\{plain}")
        return _PLAIN[plain]
    code = (
        int(match["octal"], 8)
        if match["octal"]
        else int(match["hex"] or match["short"] or match["long"], 16)
    )
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise FilterSyntaxError(f"{match.group()} is no character")
    return chr(code)
