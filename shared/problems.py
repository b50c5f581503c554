"""What is wrong, or odd, in a drop's content: codes, places, words."""

import traceback
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Code(StrEnum):
    """
    Why a drop is rejected; stable, since subscribers act on it.
    """

    SUPERSEDED = "superseded"
    UNREADABLE = "unreadable"
    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    BAD_NAME = "bad_name"
    COMPRESSED = "compressed"
    NOT_TEXT = "not_text"
    BYTE_ORDER_MARK = "byte_order_mark"
    NOT_UTF8 = "not_utf8"
    LINE_TOO_LONG = "line_too_long"
    LINE_TOO_COMPLEX = "line_too_complex"
    EMPTY_LINE = "empty_line"
    NOT_JSON = "not_json"
    DUPLICATE_FIELD = "duplicate_field"
    NOT_AN_OBJECT = "not_an_object"
    NO_REQUEST = "no_request"
    OTHER_FORMAT = "other_format"
    BAD_REQUEST = "bad_request"
    BAD_FIELD_NAME = "bad_field_name"
    TOO_MANY_FIELDS = "too_many_fields"
    TOO_DEEP = "too_deep"
    EMPTY_STRUCT = "empty_struct"
    NULL_IN_LIST = "null_in_list"
    MIXED_TYPES = "mixed_types"
    NOT_SUPPORTED = "not_supported"
    MEDIA_NOT_ALLOWED = "media_not_allowed"


class Odd(StrEnum):
    """
    What is accepted and told in the message's `warnings`; the last two are of the
    drop's job, and so of all its rows.
    """

    CARRIAGE_RETURN = "carriage_return"
    NUL_CHARACTER = "nul_character"
    UNKNOWN_FIELD = "unknown_field"
    MODEL_IN_ROW = "model_in_row"
    REPEATED_KEY = "repeated_key"
    CREATE_IN_DOUBT = "create_in_doubt"
    SECOND_JOB = "second_job"

    @property
    def meaning(self) -> str:
        """What it means for whoever dropped the file, and pays for it."""
        return _MEANINGS[self]


_MEANINGS = {
    Odd.CARRIAGE_RETURN: "lines end with CR LF; the CR is taken as white space",
    Odd.NUL_CHARACTER: "a text holds \\u0000, which some readers cut at",
    Odd.UNKNOWN_FIELD: "the request has a field that dropbatch does not know",
    Odd.MODEL_IN_ROW: "the row names a model; the route's model runs",
    Odd.REPEATED_KEY: "an earlier row has the same key; answers come in no order and "
    "carry no line, so only the request that each repeats tells theirs apart",
    Odd.CREATE_IN_DOUBT: "the answer to the create of its job was lost; should it "
    "have made a second job, that is cancelled, and what it did until then is billed",
    Odd.SECOND_JOB: "a second job was made while an answer was lost; it was asked to "
    "end if it had not, none of its answers are among these, and what it did is billed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    One thing wrong at one place. `line` counts from 1, `offset` is in bytes
    from the start of the file (of the line, where nothing nearer is known),
    `path` is a JSON path, of field names alone, or empty. `message` is what is
    wrong, a colon, and what to do. Neither holds a value of the content.
    """

    code: Code
    message: str
    line: int = 0
    offset: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn:
    """Something odd but legal: in how many rows, and first in which line."""

    code: Odd
    message: str
    rows: int
    first_line: int


class RowError(Exception):
    """A row is wrong; `offset` is within the row."""

    def __init__(
        self, code: Code, message: str, *, path: str = "", offset: int = 0
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.path = path
        self.offset = offset


class BrokenCheckError(Exception):
    """
    A bug of the check: which line of which code it met at which row. What it was
    raised with is not told, since it may hold some of the row.
    """

    def __init__(self, bug: Exception, line: int) -> None:
        frames = traceback.extract_tb(bug.__traceback__)
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
        super().__init__(f"{type(bug).__name__} in {where}, at line {line} of a drop")
