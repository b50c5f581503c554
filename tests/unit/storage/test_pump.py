"""
The pump: bytes reach the file in their order, and never pile up in memory.
"""

import asyncio
import random
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from localcloud.storage.api.progress import Progress
from localcloud.storage.disk.contents import BLOCK_BYTES, Contents, ContentWriter
from localcloud.storage.disk.pump import BATCH_BYTES, Pump
from localcloud.storage.rules.errors import UnavailableError

LIMIT_SECONDS = 20


class HeldWriter(ContentWriter):
    """
    Writes only once it may, or fails.
    """

    def __init__(self, path: Path, error: Exception | None = None) -> None:
        super().__init__("c", path)
        self.may_go_on = threading.Event()
        self._error = error

    def write_all(self, pieces: Iterable[bytes]) -> None:
        assert self.may_go_on.wait(LIMIT_SECONDS)
        if self._error is not None:
            raise self._error
        super().write_all(pieces)


def test_pieces_of_any_size_come_out_as_one(tmp_path: Path) -> None:
    chance = random.Random(5)
    contents = Contents(tmp_path)

    async def pumped(pieces: list[bytes]) -> None:
        writer = contents.writer()
        pump = Pump(writer)
        for piece in pieces:
            await pump.write(piece)
            if chance.random() < 0.1:
                await asyncio.sleep(0)
        await pump.settle()
        made = writer.finish()
        whole = b"".join(pieces)
        assert contents.path(made.id).read_bytes() == whole
        plain = contents.writer()
        plain.write(whole)
        assert plain.finish().md5 == made.md5

    for most in (1_000, BLOCK_BYTES, 3 * BATCH_BYTES):
        pieces = [chance.randbytes(chance.randint(0, most)) for _ in range(12)]
        asyncio.run(asyncio.wait_for(pumped(pieces), LIMIT_SECONDS))


def test_who_is_faster_than_the_disk_must_wait(tmp_path: Path) -> None:
    async def run() -> None:
        writer = HeldWriter(tmp_path / "c")
        pump = Pump(writer)
        piece = bytes(BLOCK_BYTES)
        taken = 0

        async def write() -> None:
            nonlocal taken
            for _ in range(40):
                await pump.write(piece)
                taken += len(piece)

        writing = asyncio.create_task(write())
        done, _ = await asyncio.wait([writing], timeout=0.2)
        assert not done
        assert taken <= BLOCK_BYTES + BATCH_BYTES
        writer.may_go_on.set()
        await writing
        await pump.settle()
        assert writer.size == 40 * BLOCK_BYTES

    asyncio.run(asyncio.wait_for(run(), LIMIT_SECONDS))


def test_who_is_cancelled_leaves_what_was_taken(tmp_path: Path) -> None:
    async def run() -> None:
        writer = HeldWriter(tmp_path / "c")
        pump = Pump(writer)

        async def write() -> None:
            while True:
                await pump.write(bytes(BLOCK_BYTES))

        writing = asyncio.create_task(write())
        await asyncio.wait([writing], timeout=0.1)
        writing.cancel()
        await asyncio.wait([writing])
        writer.may_go_on.set()
        await pump.settle()
        assert writer.size == BLOCK_BYTES + BATCH_BYTES
        writer.pause()
        assert (tmp_path / "c").stat().st_size == writer.size

    asyncio.run(asyncio.wait_for(run(), LIMIT_SECONDS))


def test_what_fails_in_the_thread_fails_here(tmp_path: Path) -> None:
    async def run() -> None:
        writer = HeldWriter(tmp_path / "c", OSError("no space"))
        writer.may_go_on.set()
        pump = Pump(writer)
        await pump.write(bytes(BLOCK_BYTES))
        with pytest.raises(OSError, match="no space"):
            await pump.settle()

    asyncio.run(asyncio.wait_for(run(), LIMIT_SECONDS))


def test_a_turn_begins_once_the_one_before_is_written(tmp_path: Path) -> None:
    """
    Else what the later request sends could be written before it, or in its midst.
    """

    async def run() -> None:
        writer = HeldWriter(tmp_path / "c")
        progress = Progress.of(writer)
        earlier = await progress.take_turn()
        await progress.pump.write(bytes(BLOCK_BYTES))

        taking = asyncio.create_task(progress.take_turn())
        done, _ = await asyncio.wait([taking], timeout=0.1)
        assert not done
        writer.may_go_on.set()
        later = await taking

        assert progress.size == BLOCK_BYTES
        with pytest.raises(UnavailableError):
            earlier()
        later()

    asyncio.run(asyncio.wait_for(run(), LIMIT_SECONDS))
