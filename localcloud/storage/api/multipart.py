"""
`multipart/related`: an object's metadata and its content in one body, as a stream.

https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects
"""

import re
from collections.abc import AsyncIterator

from localcloud.storage.rules.errors import InvalidError

_METADATA_BYTES = 1024 * 1024
_HEADER_BYTES = 64 * 1024
# gcloud writes the boundary between single quotes, which are no part of it.
_BOUNDARY = re.compile(
    r"""boundary=(?P<quote>["']?)(?P<boundary>[^"';]{1,256})(?P=quote)""", re.IGNORECASE
)
_CONTENT_TYPE = re.compile(rb"^content-type:[ \t]*([^\r\n]*)", re.IGNORECASE | re.M)


class RelatedBody:
    """
    The two parts, in the order in which they come: `metadata`, then `media`.

    Lines may end with CRLF or, as some clients write them, with LF alone. The
    content is never held whole.
    """

    def __init__(self, content_type: str, source: AsyncIterator[bytes]) -> None:
        match = _BOUNDARY.search(content_type)
        if match is None:
            raise InvalidError("Missing multipart boundary.")
        self._line = b"--" + match["boundary"].strip().encode()
        self._source = source
        self._data = b""
        self._newline = b"\r\n"
        self.media_type: str | None = None

    async def metadata(self) -> bytes:
        """
        The first part's body. Afterwards `media_type` is the second's type.
        """
        at = await self._find(self._line, _HEADER_BYTES)
        self._data = self._data[at + len(self._line) :]
        at = await self._find(b"\n", _HEADER_BYTES)
        self._newline = b"\r\n" if self._data[:at].endswith(b"\r") else b"\n"
        self._data = self._data[at + 1 :]
        await self._headers()
        delimiter = self._newline + self._line
        at = await self._find(delimiter, _METADATA_BYTES)
        metadata, self._data = self._data[:at], self._data[at + len(delimiter) :]
        at = await self._find(b"\n", _HEADER_BYTES)
        if self._data.startswith(b"--"):
            raise InvalidError("Missing media part in multipart body.")
        self._data = self._data[at + 1 :]
        headers = await self._headers()
        found = _CONTENT_TYPE.search(headers)
        self.media_type = found[1].strip().decode("latin-1") if found else None
        return metadata

    async def media(self) -> AsyncIterator[bytes]:
        """
        The second part's body, piece by piece.
        """
        delimiter = self._newline + self._line
        held = len(delimiter) - 1
        data, self._data = self._data, b""
        while (at := data.find(delimiter)) < 0:
            if len(data) > held:
                yield data[:-held]
                data = data[-held:]
            more = await anext(self._source, None)
            if more is None:
                raise InvalidError("Missing end boundary in multipart body.")
            data += more
        yield data[:at]
        end = data[at + len(delimiter) :]
        while len(end) < 2 and (more := await anext(self._source, None)) is not None:
            end += more
        if not end.startswith(b"--"):
            raise InvalidError("Missing end boundary in multipart body.")
        async for _ in self._source:
            # What follows the last boundary means nothing.
            pass

    async def _headers(self) -> bytes:
        # A part without headers begins with its empty line.
        if await self._starts_with(self._newline):
            self._data = self._data[len(self._newline) :]
            return b""
        end = self._newline * 2
        at = await self._find(end, _HEADER_BYTES)
        headers, self._data = self._data[:at], self._data[at + len(end) :]
        return headers

    async def _starts_with(self, text: bytes) -> bool:
        while len(self._data) < len(text):
            self._data += await self._more()
        return self._data.startswith(text)

    async def _find(self, text: bytes, limit: int) -> int:
        while (at := self._data.find(text)) < 0:
            if len(self._data) > limit:
                raise InvalidError("Metadata part is too large.")
            self._data += await self._more()
        return at

    async def _more(self) -> bytes:
        data = await anext(self._source, None)
        if data is None:
            raise InvalidError("Missing end boundary in multipart body.")
        return data
