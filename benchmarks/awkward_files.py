"""Legal files that take as much memory as a legal file can."""

from collections.abc import Callable, Iterator

MIB = 1 << 20
_BEFORE = b'{"request":{"contents":[{"role":"user","parts":[{"text":"'
_AFTER = b'"}]}]}}\n'
# Just below the longest line that is taken.
_LONG = 32 * MIB - len(_BEFORE) - len(_AFTER)


def one_long_text() -> Iterator[bytes]:
    """A line of 32 MiB."""
    yield _BEFORE
    yield from _filled(_LONG, b"x")
    yield _AFTER


def one_long_text_of_escapes() -> Iterator[bytes]:
    """A line of 32 MiB of escapes."""
    yield _BEFORE
    yield from _filled(_LONG // 2 * 2, b"\\n")
    yield _AFTER


def one_long_text_in_cyrillic() -> Iterator[bytes]:
    """A line of two-byte characters, as long as one is taken."""
    yield _BEFORE
    yield from _filled(19 * MIB, "ж".encode())
    yield _AFTER


def one_wide_text() -> Iterator[bytes]:
    """A line that one emoji makes four bytes a character."""
    yield _BEFORE + "😀".encode()
    yield from _filled(11 * MIB, b"x")
    yield _AFTER


def one_text_that_grows_wide() -> Iterator[bytes]:
    """A line that is copied at an escape, and again at its last character."""
    yield _BEFORE + b"\\n"
    yield from _filled(19 * MIB, b"x")
    yield "ж".encode() + _AFTER


def small_values_beside_a_text() -> Iterator[bytes]:
    """A line of 150,000 objects and a text that grows wide."""
    yield (
        b'{"request":{"contents":[{"role":"model","parts":[{"functionCall":'
        b'{"name":"f","args":{"t":"\\n'
    )
    yield from _filled(10 * MIB, b"x")
    yield "ж".encode() + b'","a":['
    yield b'{"a":"b"},' * 150_000
    yield b'{"a":"b"}]}}}]}]}}\n'


def one_long_image() -> Iterator[bytes]:
    """A line of 32 MiB of inline data."""
    before = (
        b'{"request":{"contents":[{"role":"user","parts":[{"inlineData":'
        b'{"mimeType":"image/png","data":"'
    )
    yield before
    yield from _filled((32 * MIB - len(before) - 13) // 4 * 4, b"AAAA")
    yield b'"}}]}]}}\n'


def many_small_values() -> Iterator[bytes]:
    """A line of 400,000 strings."""
    yield (
        b'{"request":{"contents":[{"role":"model","parts":[{"functionCall":'
        b'{"name":"f","args":{"a":['
    )
    for number in range(400_000):
        yield b'"value %032d",' % number
    yield b'"last"]}}}]}]}}\n'


def many_small_objects() -> Iterator[bytes]:
    """A line of objects, as many as are taken."""
    yield (
        b'{"request":{"contents":[{"role":"model","parts":[{"functionCall":'
        b'{"name":"f","args":{"a":['
    )
    for number in range(160_000):
        yield b'{"b":"c%d","d":1.5},' % number
    yield b'{"b":"c","d":1}]}}}]}]}}\n'


def many_fields() -> Iterator[bytes]:
    """Rows with nearly as many different fields as are taken."""
    for number in range(9_900):
        yield (
            b'{"request":{"contents":[{"role":"user","parts":[{"text":"x"}]}],'
            b'"labels":{"' + b"f" * 280 + b'%d":"x"}}}\n' % number
        )


def many_rows(size: int) -> Callable[[], Iterator[bytes]]:
    """200,000 rows of keys that differ, `size` bytes in all."""
    text = b"word " * ((size // 200_000 - 100) // 5)

    def rows() -> Iterator[bytes]:
        """200,000 rows of different keys."""
        for number in range(200_000):
            yield b'{"key":"row-%d",' % number + _BEFORE[1:] + text + _AFTER

    return rows


def _filled(size: int, piece: bytes) -> Iterator[bytes]:
    block = piece * (MIB // len(piece))
    for _ in range(size // len(block)):
        yield block
    yield piece * (size % len(block) // len(piece))


FILES: dict[str, Callable[[], Iterator[bytes]]] = {
    "one long text": one_long_text,
    "one long text of escapes": one_long_text_of_escapes,
    "one long text in Cyrillic": one_long_text_in_cyrillic,
    "one wide text": one_wide_text,
    "one text that grows wide": one_text_that_grows_wide,
    "small values beside a text": small_values_beside_a_text,
    "one long image": one_long_image,
    "many small values": many_small_values,
    "many small objects": many_small_objects,
    "many fields": many_fields,
}
