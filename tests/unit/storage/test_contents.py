import base64
import hashlib
import random
from pathlib import Path

import google_crc32c
import pytest

from localcloud.storage.disk.contents import BLOCK_BYTES, Content, Contents


def check(contents: Contents, content: Content, data: bytes) -> None:
    assert contents.path(content.id).read_bytes() == data
    md5 = hashlib.md5(data, usedforsecurity=False).digest()
    crc32c = google_crc32c.value(data).to_bytes(4, "big")
    assert content.size == len(data)
    assert base64.b64decode(content.md5 or "") == md5
    assert base64.b64decode(content.crc32c) == crc32c


@pytest.mark.parametrize("seed", range(20))
def test_a_content_is_all_that_was_written_whatever_came_between(
    tmp_path: Path, seed: int
) -> None:
    """
    Pauses forget the incomplete block; another process takes up whole blocks.
    """
    chance = random.Random(seed)
    data = chance.randbytes(chance.randrange(6 * BLOCK_BYTES))
    contents = Contents(tmp_path / "contents")
    writer = contents.writer()
    while writer.received < len(data):
        size = chance.choice([1, 1000, BLOCK_BYTES, 2 * BLOCK_BYTES + 1])
        writer.write(data[writer.received : writer.received + size])
        match chance.randrange(6):
            case 0:
                writer.pause()
                assert writer.size == writer.received
                assert writer.size % BLOCK_BYTES == 0
            case 1:
                size = writer.size
                writer.pause()
                writer = contents.writer(writer.id)
                for _ in writer.resume():
                    pass
                assert writer.size == size
            case _:
                pass
    check(contents, writer.finish(), data)


def test_an_incomplete_block_that_reached_the_file_is_cut_off(tmp_path: Path) -> None:
    contents = Contents(tmp_path)
    writer = contents.writer()
    writer.write(bytes(BLOCK_BYTES + 5))
    writer.finish()

    again = contents.writer(writer.id)
    for _ in again.resume():
        pass

    assert again.size == BLOCK_BYTES
    again.write(b"end")
    check(contents, again.finish(), bytes(BLOCK_BYTES) + b"end")


def test_an_empty_content_is_a_file(tmp_path: Path) -> None:
    contents = Contents(tmp_path)
    check(contents, contents.writer().finish(), b"")


def test_what_is_abandoned_or_unknown_is_removed(tmp_path: Path) -> None:
    contents = Contents(tmp_path)
    kept = contents.writer().finish()
    lost = contents.writer().finish()
    given_up = contents.writer()
    given_up.write(bytes(BLOCK_BYTES))
    given_up.abandon()
    assert {path.name for path in contents.files()} == {kept.id, lost.id}

    contents.sweep({kept.id})

    assert [path.name for path in contents.files()] == [kept.id]
