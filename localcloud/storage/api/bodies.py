"""
The bodies of requests.

The server is to get them as they were sent (aiohttp's `auto_decompress=False`).
"""

import zlib
from collections.abc import AsyncIterator

from aiohttp import hdrs, web

from localcloud.storage.disk.contents import READ_BYTES
from localcloud.storage.rules.errors import InvalidError

JSON_BODY_BYTES = 1024 * 1024


async def pieces(request: web.BaseRequest) -> AsyncIterator[bytes]:
    """
    The body as it comes in, its transport compression undone.

    In the JSON API a request's Content-Encoding belongs to the transport: what an
    object's content is stored as is said in its resource.
    https://cloud.google.com/storage/docs/gsutil/commands/cp (option -J)
    """
    # One system call fills this much, and the loop turns less often.
    request.content.set_read_chunk_size(READ_BYTES)
    if request.headers.get(hdrs.CONTENT_ENCODING, "").lower() != "gzip":
        async for data in request.content.iter_any():
            yield data
        return
    gunzip = zlib.decompressobj(wbits=31)
    try:
        async for packed in request.content.iter_any():
            while packed:
                yield gunzip.decompress(packed, READ_BYTES)
                packed = gunzip.unconsumed_tail
        yield gunzip.flush()
    except zlib.error as error:
        raise InvalidError("The request body is not gzip.") from error
    if not gunzip.eof:
        raise InvalidError("The request body is not gzip.")


async def whole(request: web.BaseRequest, limit: int = JSON_BODY_BYTES) -> bytes:
    """
    The body of a request that sends no content; InvalidError past `limit` bytes.
    """
    body = bytearray()
    async for data in pieces(request):
        body += data
        if len(body) > limit:
            raise InvalidError("The request body is too large.")
    return bytes(body)
