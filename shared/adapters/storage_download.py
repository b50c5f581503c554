"""A generation of an object, read as a stream; and the checksum of what is read."""

import base64
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import google_crc32c
from google.cloud.storage import Blob

from shared.adapters.storage_patience import PATIENCE_SECONDS, RETRY

# A stream lasts as long as its check does, and is resumed till then while it gets on.
_STREAM_RETRY = RETRY.with_timeout(540)

# It tells no types.
_Checksum: Any = google_crc32c.Checksum


def download(blob: Blob, sink: Callable[[bytes], object]) -> str:
    """
    Pass a generation on, piece by piece; return the checksum of all that was passed on,
    as Cloud Storage writes it. Raises what broke it off if it doesn't get on, and
    whatever the sink raises.
    """
    passed = _Sink(sink)
    # One request for the whole generation, resumed at the byte where it broke; many
    # ranged ones are several times slower. The client checks no download that it has
    # resumed, so the sum is ours.
    blob.download_to_file(
        passed,
        raw_download=True,
        checksum=None,
        # One that stalls is resumed, too.
        timeout=PATIENCE_SECONDS / 2,
        retry=partial(_STREAM_RETRY, on_error=passed.expect_to_get_on),
    )
    return _text(passed.sum)


def crc32c_of(content: bytes) -> str:
    """The checksum of a content, as Cloud Storage writes it."""
    return _text(_Checksum(content))


class _Sink:
    """A file-like object that passes on what is written to it."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self.sum = _Checksum()
        self._sink = sink
        self._got_on = time.monotonic()

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        self._sink(data)
        self._got_on = time.monotonic()
        return len(data)

    def flush(self) -> None:
        """There is nothing to flush."""

    def expect_to_get_on(self, error: Exception) -> None:
        """Raise what broke it off, if for as long as a call may take nothing came."""
        if time.monotonic() > self._got_on + PATIENCE_SECONDS:
            raise error


def _text(checksum: Any) -> str:
    return base64.b64encode(checksum.digest()).decode()
