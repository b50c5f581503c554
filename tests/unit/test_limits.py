"""Limits of size and memory, and that nothing but a verdict comes out."""

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.decoding import MAX_LINE
from shared.fields import MOST_FIELDS
from shared.preflight import Preflight, StopReading
from shared.problems import Code
from shared.routes import Limits
from tests.contents import GOOD, MEDIA, check, line, only, row, text_row


def test_a_row_too_many_stops_the_reading() -> None:
    preflight = Preflight(Limits(rows=2), MEDIA)

    with pytest.raises(StopReading):
        preflight.feed(GOOD * 10_000)

    assert only(GOOD * 3, limits=Limits(rows=2))[:2] == (Code.TOO_MANY_ROWS, 3)


def test_more_bytes_than_the_event_said_stop_the_reading() -> None:
    assert only(GOOD * 3, limits=Limits(bytes=len(GOOD)))[0] == Code.TOO_LARGE


@pytest.mark.parametrize(
    ("wide", "share"), [("😀", 11), ("ж", 19), ("\\ud83d\\ude00", 11)]
)
def test_a_line_is_refused_by_what_it_takes_and_not_by_its_length(
    wide: str, share: int
) -> None:
    """One wide character makes a whole text take two or four bytes a character."""
    length = share * 1024 * 1024

    assert check(text_row(wide + "x" * (length - 100)), step=1 << 20).problems == ()
    wider = text_row(wide + "x" * (length + (1 << 20)))
    assert only(wider, step=1 << 20)[0] == Code.LINE_TOO_COMPLEX


def test_a_line_of_narrow_characters_may_be_as_long_as_a_line_may() -> None:
    assert check(text_row("x" * (MAX_LINE - 100)), step=1 << 20).problems == ()


_LONG_LINES: dict[str, Callable[[], bytes]] = {
    "name": lambda: b'{"request":{"a_' + b"x_" * (8 << 20) + b'":1}}',
    "name in a part": lambda: (
        b'{"request":{"contents":[{"parts":[{"a_' + b"x_" * (8 << 20) + b'":1}]}]}}'
    ),
    "cut": lambda: text_row("x" * (8 << 20))[:-3],
    "URI": lambda: line(
        row(
            {
                "fileData": {
                    "fileUri": "gs://media/" + "ab/" * (4 << 20),
                    "mimeType": "a/b",
                }
            }
        )
    ),
    "escapes": lambda: text_row("\\n" * (8 << 20) + "\\u003a"),
    "newlines": lambda: b"\n" * (1 << 20),
}


@pytest.mark.parametrize("name", _LONG_LINES)
def test_no_line_takes_much_more_memory_than_it_is_long(name: str) -> None:
    content = _LONG_LINES[name]()
    tracemalloc.start()
    try:
        check(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 5 * len(content) + (4 << 20)


def test_empty_lines_without_end_are_not_read() -> None:
    limits = Limits(rows=10)

    assert only(b"\n" * 1000, limits=limits)[:2] == (Code.TOO_MANY_ROWS, 21)


def test_fields_without_end_are_refused() -> None:
    rows = b"".join(line(row(labels={f"l{n}": "x"})) for n in range(MOST_FIELDS + 1))

    assert only(rows)[0] == Code.TOO_MANY_FIELDS


PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\n", b"\\", b"\xff", b"\xe2\x82", b"0",
     b'{"request":', b'"contents"', b"null", b"1e999", b"\0", b"\r", GOOD]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map(b"".join), st.integers(1, 9))
def test_nothing_but_a_verdict_comes_out(content: bytes, step: int) -> None:
    """And it is the same however the bytes are cut on their way."""
    assert check(content, step=step) == check(content, step=1 << 20)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**70), 2**70) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["request", "contents", "role", "parts", "text", "inlineData", "data",
             "fileData", "file_uri", "fileUri", "mimeType", "functionResponse", "tools",
             "response", "systemInstruction", "generationConfig", "seed", "key", "$x"]
        ),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    JSON, st.sampled_from(["request", "content", "part", "file", "inline", "answer"])
)
def test_no_value_anywhere_brings_anything_but_a_verdict(
    value: Any, where: str
) -> None:
    rows: dict[str, Any] = {
        "request": {"request": value},
        "content": {"request": {"contents": [value]}},
        "part": row(value),
        "file": row({"fileData": value}),
        "inline": row({"inlineData": value}),
        "answer": row({"functionResponse": value}),
    }

    check(json.dumps(rows[where]).encode())


@given(st.binary(max_size=200))
def test_nothing_of_the_content_is_in_the_verdict(noise: bytes) -> None:
    canary = b"canary-7f3a"
    content = GOOD + noise + canary + noise + b"\n" + b'{"' + canary + b'":1}\n'

    assert canary.decode() not in repr(check(content))
