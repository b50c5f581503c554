"""Cases 28 to 44: bytes that are no text, lines that are none, too much of either."""

import codecs

from shared.decoding import MAX_LINE, MOST_TOKENS
from shared.problems import Code, Odd
from shared.routes import Limits
from tests.corpus.cases import GOOD, Case, accepted, rejected, text_row

_TEXT = GOOD.decode()
_BARE = GOOD.rstrip()
_CHUNK = 1 << 16

_WIDE = {
    f"{codec}{' with a mark' if mark else ''}": mark + _TEXT.encode(codec)
    for codec, mark in (
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-le", b""),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-le", b""),
        ("utf-32-be", codecs.BOM_UTF32_BE),
        ("utf-32-be", b""),
    )
}


def _one_line_of_a_gigabyte() -> bytes:
    # As much of it as is read, and some more: the event says that it is a gigabyte.
    return GOOD + _BARE[:-6] + b"x" * (MAX_LINE + 4 * _CHUNK)


def _a_line_of_many_values() -> bytes:
    return GOOD + b'{"request":{"contents":[' + b"1," * MOST_TOKENS + b"1]}}\n"


def _ten_million_empty_objects() -> bytes:
    return GOOD + b"{}\n" * 10_000_000


BYTE_CASES: tuple[Case, ...] = (
    rejected(28, "byte order mark", Code.BYTE_ORDER_MARK, b"^^\xef\xbb\xbf" + GOOD),
    *(
        rejected(29, name, Code.NOT_UTF8, b"^^" + content)
        for name, content in _WIDE.items()
    ),
    accepted(
        30,
        "lines that end with CR LF",
        GOOD.replace(b"\n", b"\r\n"),
        Odd.CARRIAGE_RETURN,
    ),
    accepted(
        30,
        "CR LF, with an empty last line",
        GOOD.replace(b"\n", b"\r\n") + b"\r\n",
        Odd.CARRIAGE_RETURN,
    ),
    rejected(
        31,
        "lines that end with CR only",
        Code.NOT_JSON,
        _BARE + b"\r^^" + _BARE + b"\r",
    ),
    accepted(32, "no final newline", GOOD + _BARE, rows=2),
    rejected(33, "truncated last line", Code.NOT_JSON, GOOD + _BARE[:-4] + b"^^"),
    rejected(34, "empty line in the middle", Code.EMPTY_LINE, GOOD + b"^^\n" + GOOD),
    accepted(34, "empty lines at the end", GOOD + b"\n\n"),
    rejected(35, "line of spaces", Code.NOT_JSON, GOOD + b"^^   \n" + GOOD),
    rejected(35, "line of tabs", Code.NOT_JSON, GOOD + b"^^\t\t\n"),
    rejected(36, "ff in a string", Code.NOT_UTF8, GOOD + text_row(b"^^\xff")),
    rejected(37, "overlong form, c0 af", Code.NOT_UTF8, GOOD + text_row(b"^^\xc0\xaf")),
    rejected(
        38,
        "encoded surrogate, ed a0 80",
        Code.NOT_UTF8,
        GOOD + text_row(b"^^\xed\xa0\x80"),
    ),
    rejected(39, "cut character", Code.NOT_UTF8, GOOD + text_row(b"^^\xe2\x82")),
    rejected(
        39, "cut character at the end", Code.NOT_UTF8, GOOD + b'{"a":"^^\xf0\x9f\x98'
    ),
    rejected(40, "raw NUL", Code.NOT_JSON, GOOD + text_row(b"^^\0")),
    rejected(40, "raw 0x01", Code.NOT_JSON, GOOD + text_row(b"^^\x01")),
    rejected(40, "raw tab", Code.NOT_JSON, GOOD + text_row(b"^^\t")),
    rejected(41, "trailing NULs", Code.NOT_JSON, GOOD + b"^^" + b"\0" * 4_000),
    rejected(41, "trailing NULs in the line", Code.NOT_JSON, _BARE + b"^^" + b"\0" * 9),
    accepted(
        42,
        "line separators in strings",
        text_row("a\u2028b\u2029c\x85d".encode())
        + text_row(rb"a\u2028b\u2029c\u0085d"),
        rows=2,
    ),
    rejected(
        43,
        "one line of 1 GB",
        Code.LINE_TOO_LONG,
        _one_line_of_a_gigabyte,
        event={"size": "1000000000"},
        most_read=MAX_LINE + 2 * _CHUNK,
    ).at(line=2, offset=len(GOOD)),
    rejected(
        43, "one line of many values", Code.LINE_TOO_COMPLEX, _a_line_of_many_values
    ).at(line=2, offset=len(GOOD)),
    rejected(
        44,
        "ten million empty objects",
        Code.NO_REQUEST,
        _ten_million_empty_objects,
        problems=Limits().rows,
        most_read=Limits().rows * 3 + 2 * _CHUNK,
    ).at(line=2, offset=len(GOOD)),
)
