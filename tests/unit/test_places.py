"""Where in a line something is wrong: exactly there, however long the line is."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from shared.decoding import MAX_LINE
from shared.places import name_given_twice, number_out_of_range

TWICE = {
    b'{"a":1,^"a":2}': "$.a",
    b'{"a":{"b":[{"c":1},{"c":1,^"c":2}]}}': "$.a.b[].c",
    b'{"a":"\\"b\\":1,","b":1,^"b":2}': "$.b",
    b'{"a":"x\\\\","b":1,^"a":2}': "$.a",
    b'{"caf\\u00e9":1,^"caf\xc3\xa9":2}': "$.caf\u00e9",
    b'{"a":[1,{"x":[]}],"x":{"a":1},^"x":2}': "$.x",
}
OUT_OF_RANGE = [
    b'{"a":1,"b":^1e999}',
    b'{"a":"1e999","b":[1.5,-2,^-1e400]}',
    b'{"1e999":"\\"1e999",  "b":^' + b"9" * 5_000 + b"}",
]


@pytest.mark.parametrize("marked", TWICE)
def test_a_second_name_is_found_with_its_path(marked: bytes) -> None:
    line = marked.replace(b"^", b"")

    assert name_given_twice(line) == (marked.index(b"^"), TWICE[marked])
    assert name_given_twice(bytearray(line)) == name_given_twice(line)


@pytest.mark.parametrize("marked", OUT_OF_RANGE)
def test_a_number_that_can_not_be_held_is_found(marked: bytes) -> None:
    assert number_out_of_range(marked.replace(b"^", b"")) == marked.index(b"^")


def test_names_in_different_objects_are_no_second_ones() -> None:
    assert name_given_twice(b'[{"a":{"a":1}},{"a":[{"a":1}]}]') == (0, "")


@pytest.mark.parametrize("piece", [b"x", b"\\n", b"\\\\", b'\\"', b"1e999,"])
@pytest.mark.parametrize("find", [name_given_twice, number_out_of_range])
def test_a_place_is_found_in_a_long_line_in_no_memory_and_little_time(
    find: Callable[[bytes], object], piece: bytes
) -> None:
    text = piece * (MAX_LINE // 8 // len(piece))
    line = b'{"a":"' + text + b'","b":1,"b":1e999}'
    tracemalloc.start()
    started = time.process_time()
    try:
        found = find(line)
        seconds = time.process_time() - started
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found in (len(text) + 14, (len(text) + 14, "$.b"), len(text) + 18)
    assert seconds < 1
    assert peak < 1 << 20
