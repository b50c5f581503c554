import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.storage.api.multipart import RelatedBody
from localcloud.storage.rules.errors import InvalidError

TYPE = "multipart/related; boundary=xyz"


def read(body: bytes, cuts: list[int], content_type: str = TYPE) -> list[object]:
    """
    Metadata, media type and media of a body that arrives in pieces.
    """

    async def pieces() -> AsyncIterator[bytes]:
        at = 0
        for cut in [*sorted(cut % (len(body) + 1) for cut in cuts), len(body)]:
            yield body[at:cut]
            at = cut

    async def parse() -> list[object]:
        parts = RelatedBody(content_type, pieces())
        metadata = await parts.metadata()
        media = b"".join([piece async for piece in parts.media()])
        return [metadata, parts.media_type, media]

    return asyncio.run(parse())


@given(
    media=st.binary(max_size=60)
    | st.text(alphabet="\r\n-xy", max_size=40).map(str.encode),
    cuts=st.lists(st.integers(min_value=0), max_size=12),
    newline=st.sampled_from([b"\r\n", b"\n"]),
    preamble=st.sampled_from([b"", b"\r\n", b"ignored\r\n"]),
    epilogue=st.sampled_from([b"", b"\r\n", b"\r\nignored"]),
)
def test_parts_do_not_depend_on_how_they_arrive(
    media: bytes, cuts: list[int], newline: bytes, preamble: bytes, epilogue: bytes
) -> None:
    if newline + b"--xyz" in newline + media:
        return
    lines = [b"--xyz", b"a: b", b"content-TYPE: application/json", b"", b'{"a": 1}']
    lines += [b"--xyz", b"Content-Type:  text/plain ", b"x: y", b"", media, b"--xyz--"]
    body = preamble + newline.join(lines) + epilogue

    assert read(body, cuts) == [b'{"a": 1}', "text/plain", media]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--xyz",
        b"--xyz\r\n\r\n{}",
        b"--xyz\r\n\r\n{}\r\n--xyz--",
        b"--xyz\r\n\r\n{}\r\n--xyz--\r\n",
        b"--xyz\r\n\r\n{}\r\n--xyz\r\n\r\nmedia",
        b"--xyz\r\n\r\n{}\r\n--xyz\r\n\r\nmedia\r\n--xyz",
        b"--xyz\r\n\r\n{}\r\n--xyz\r\n\r\nmedia\r\n--xyz\r\n\r\nthird\r\n--xyz--",
        b"--xyz\r\n\r\n" + b"x" * 1_100_000,
        b"--xyz\r\n" + b"x" * 70_000,
    ],
    ids=lambda body: repr(body[:60]),
)
def test_a_body_that_is_not_two_parts_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError):
        read(body, list(range(0, len(body), 10_000)))


def test_a_body_needs_a_boundary() -> None:
    with pytest.raises(InvalidError):
        read(b"", [], "multipart/related")


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/related; boundary=xyz; charset=UTF-8",
        'multipart/related; boundary="xyz"',
        "multipart/related; boundary='xyz'",
        "multipart/related;BOUNDARY=xyz",
    ],
)
def test_a_boundary_may_be_written_in_several_ways(content_type: str) -> None:
    body = b"--xyz\r\n\r\n{}\r\n--xyz\r\n\r\nmedia\r\n--xyz--"
    assert read(body, [], content_type) == [b"{}", None, b"media"]
