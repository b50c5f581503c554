"""
The bytes of objects, each content a file of its own that never changes.

A content is complete on disk before a row names it, and is removed after the last
row that named it. So after a crash a file may lack a row, never a row its file:
`sweep` removes such files at start.
"""

import base64
import hashlib
import os
import uuid
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import google_crc32c

# Cloud Storage keeps unfinished uploads in whole blocks of this size.
# https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload
BLOCK_BYTES = 256 * 1024
READ_BYTES = 1024 * 1024
# What one system call takes (IOV_MAX) on every platform.
_MOST_PIECES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """
    A complete content: its file, its size and its checksums.

    Composed contents have no MD5, and know of how many they were made.
    """

    id: str
    size: int
    md5: str | None
    crc32c: str
    components: int | None = None


class ContentWriter:
    """
    A content that is being written; checksums are taken as the bytes go by.

    Bytes reach the file in whole blocks until `finish`. `pause` forgets the last
    incomplete one, and `resume` goes on from `size`.
    """

    def __init__(self, content_id: str, path: Path, *, md5: bool = True) -> None:
        self.id = content_id
        self.size = 0
        self._path = path
        self._held: list[bytes] = []
        self._held_bytes = 0
        # Never for security: the service publishes MD5 for integrity.
        self._md5 = hashlib.md5(usedforsecurity=False) if md5 else None
        self._crc32c = 0
        self._file = -1

    @property
    def received(self) -> int:
        """
        How many bytes were taken, the incomplete block included.
        """
        return self.size + self._held_bytes

    def write(self, data: bytes) -> None:
        """
        Take the next bytes.
        """
        self.write_all([data])

    def write_all(self, pieces: Iterable[bytes]) -> None:
        """
        Take the next bytes, which came in pieces.
        """
        for data in pieces:
            self._held.append(data)
            self._held_bytes += len(data)
        rest = self._held_bytes % BLOCK_BYTES
        if self._held_bytes == rest:
            return
        tail = []
        while rest:
            last = self._held.pop()
            if len(last) > rest:
                self._held.append(last[:-rest])
                last = last[-rest:]
            tail.append(last)
            rest -= len(last)
        self._flush(self._held)
        self._held = tail[::-1]
        self._held_bytes = sum(map(len, tail))

    def finish(self, components: int | None = None) -> Content:
        """
        Write what is held; the content is complete.
        """
        self._flush(self._held)
        self.pause()
        return Content(
            id=self.id,
            size=self.size,
            md5=None if self._md5 is None else _base64(self._md5.digest()),
            crc32c=_base64(self._crc32c.to_bytes(4, "big")),
            components=components,
        )

    def pause(self) -> None:
        """
        Close the file; forget what is held.
        """
        self._held = []
        self._held_bytes = 0
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def resume(self) -> Iterator[None]:
        """
        Take up the file that an earlier process left, a piece at each step.

        The incomplete block at its end is cut off.
        """
        whole = self._path.stat().st_size if self._path.exists() else 0
        whole -= whole % BLOCK_BYTES
        if whole == 0:
            self._path.unlink(missing_ok=True)
            return
        os.truncate(self._path, whole)
        with self._path.open("rb") as file:
            while data := file.read(READ_BYTES):
                self._count(data)
                yield

    def abandon(self) -> None:
        """
        Remove the file.
        """
        self.pause()
        self._path.unlink(missing_ok=True)

    def _flush(self, pieces: Sequence[bytes]) -> None:
        if self._file < 0:
            self._path.parent.mkdir(exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._file = os.open(self._path, flags, 0o600)
        # Gathered by the kernel: joining them here would be one more copy of it all.
        for at in range(0, len(pieces), _MOST_PIECES):
            some = pieces[at : at + _MOST_PIECES]
            size = sum(map(len, some))
            written = os.writev(self._file, some)
            if written < size:
                view = memoryview(b"".join(some))[written:]
                while view:
                    view = view[os.write(self._file, view) :]
            for data in some:
                self._count(data)

    def _count(self, data: bytes) -> None:
        if self._md5 is not None:
            self._md5.update(data)
        self._crc32c = google_crc32c.extend(self._crc32c, data)
        self.size += len(data)


class Contents:
    """
    The folder of all contents.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def writer(
        self, content_id: str | None = None, *, md5: bool = True
    ) -> ContentWriter:
        """
        A writer for a new content, or for the one of an upload that goes on.
        """
        content_id = content_id or uuid.uuid4().hex
        return ContentWriter(content_id, self.path(content_id), md5=md5)

    def path(self, content_id: str) -> Path:
        """
        Where a content lies.
        """
        return self._folder / content_id[:2] / content_id

    def remove(self, content_id: str) -> None:
        """
        Remove a content. Who has it open reads on to its end.
        """
        self.path(content_id).unlink(missing_ok=True)

    def sweep(self, known: Container[str]) -> None:
        """
        Remove every file that is not known.
        """
        for path in self.files():
            if path.name not in known:
                path.unlink()

    def files(self) -> Iterator[Path]:
        """
        Every content file there is.
        """
        return self._folder.glob("*/*")


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")
