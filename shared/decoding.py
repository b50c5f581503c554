"""One line of a drop, decoded; or the one RowError that says why it can't be."""

import codecs
import re
from typing import Any

import msgspec

from shared.places import number_out_of_range
from shared.problems import Code, RowError

MAX_LINE = 32 * 1024 * 1024
MOST_TOKENS = 500_000
# A number is found in bytes in a tenth of the time that a text is: most lines
# escape nothing, and are done with there.
BACKSLASH = ord("\\")
# What a line may take while it is decoded, roughly: itself, its longest text
# twice over (a text that grows wider is copied), and 120 bytes a small value.
_MOST_MEMORY = 100 * 1024 * 1024
_TOKEN = 120
_ASTRAL = re.compile(rb"[\xf0-\xf4]|\\u[dD][89abAB]")
# msgspec's words for where its reading ended; a cut text has none.
_PLACE = re.compile(r"\(byte (\d+)\)")
_BEYOND_LATIN = re.compile(rb"[\xc4-\xef]|\\u(?!00)")


def decode_row(line: bytes | bytearray) -> Any:
    """
    Return the JSON value of a line. Raises RowError, whatever the bytes are.

    A line that could take too much memory to decode is refused before: text
    takes one, two or four bytes a character by its widest one, and many small
    values weigh a hundred times what they are long.
    """
    if len(line) > MOST_TOKENS:
        tokens = line.count(b"{") + line.count(b"[") + line.count(b",")
        width = 4 if _ASTRAL.search(line) else 2 if _BEYOND_LATIN.search(line) else 1
        memory = len(line) * (1 + 2 * width) + _TOKEN * tokens
        if tokens > MOST_TOKENS or memory > _MOST_MEMORY:
            raise RowError(
                Code.LINE_TOO_COMPLEX,
                "the line would take too much memory to check: split the row or put "
                "its media or text into a bucket",
            )
    try:
        return msgspec.json.decode(line)
    except RecursionError as error:
        raise RowError(
            Code.TOO_DEEP, "the row is nested too deeply: flatten it"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # From None: what a decoder says of a text may hold some of it.
        wrong = _not_utf8(line)
        if wrong is not None:
            raise RowError(
                Code.NOT_UTF8,
                "these bytes are no UTF-8: save the file as UTF-8",
                offset=wrong,
            ) from None
        raise _not_json(line, str(error)) from None


def count_colons(line: bytes | bytearray) -> int:
    """Return how many colons the JSON of a line has, escaped ones among them."""
    count = line.count(b":")
    if BACKSLASH in line and b"\\u003" in line:
        # A backslash that is escaped itself escapes nothing.
        plain = line.replace(b"\\\\", b"")
        count += plain.count(b"\\u003a") + plain.count(b"\\u003A")
    return count


def _not_utf8(line: bytes | bytearray) -> int | None:
    """Return where the first byte is that is no UTF-8, or None."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    step = 1 << 16
    for start in range(0, len(line), step):
        pending = len(decoder.getstate()[0])
        last = start + step >= len(line)
        try:
            decoder.decode(bytes(line[start : start + step]), last)
        except UnicodeDecodeError as error:
            return start - pending + error.start
    return None


def _not_json(line: bytes | bytearray, said: str) -> RowError:
    """What is wrong with a line that is UTF-8 and no JSON, by the decoder's words."""
    if "out of range" in said:
        return RowError(
            Code.NOT_JSON,
            "this number is too large for JSON readers: write one below 1.8e308",
            offset=number_out_of_range(line),
        )
    if not line.strip():
        return RowError(Code.NOT_JSON, "the line is blank: remove it", offset=0)
    place = _PLACE.search(said)
    if place is None:
        return RowError(
            Code.NOT_JSON,
            "the line ends before its JSON does: write one whole JSON object on each "
            "line",
            offset=len(line),
        )
    # It says of a comma or a value too many where it ends.
    offset = int(place[1]) - ("trailing" in said)
    if "surrogate" in said:
        return RowError(
            Code.NOT_JSON,
            "this is half a character (a lone surrogate): write both halves, or the "
            "character itself",
            offset=max(line.rfind(b"\\u", 0, offset), 0),
        )
    if line[offset : offset + 1] in (b"N", b"I"):
        return RowError(
            Code.NOT_JSON,
            "JSON has no NaN and no Infinity: leave the field out",
            offset=offset,
        )
    return RowError(
        Code.NOT_JSON,
        "this is no JSON: write one whole JSON object on each line",
        offset=offset,
    )
