"""
Media downloads: an object's bytes, whole or in part, as stored or decompressed.
"""

import email.utils
import os
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from aiohttp import hdrs, web

from localcloud.storage.api.answers import response, standard_headers
from localcloud.storage.api.ranges import requested
from localcloud.storage.disk.contents import READ_BYTES
from localcloud.storage.disk.resources import StoredObject

_SHOWN = {
    "cacheControl": hdrs.CACHE_CONTROL,
    "contentDisposition": hdrs.CONTENT_DISPOSITION,
    "contentLanguage": hdrs.CONTENT_LANGUAGE,
}


async def serve(
    request: web.BaseRequest,
    stored: StoredObject,
    file: BinaryIO,
    headers: dict[str, str],
) -> web.StreamResponse:
    """
    Send a generation's bytes, and close the file.

    Memory stays flat whatever the size, and a deletion meanwhile changes nothing:
    the file is open.
    """
    with file:
        headers = {**_headers(stored), **headers}
        gzipped = stored.settings.get("contentEncoding") == "gzip"
        if gzipped:
            headers[hdrs.VARY] = "Accept-Encoding"
            if not _takes_gzip(request, stored):
                return await _serve_decompressed(request, file, headers)
        part = requested(request.headers.get(hdrs.RANGE), stored.content.size)
        status = 200
        if part is not None:
            status = 206
            headers[hdrs.CONTENT_RANGE] = (
                f"bytes {part.start}-{part.stop - 1}/{stored.content.size}"
            )
        part = part if part is not None else range(stored.content.size)
        if encoding := stored.settings.get("contentEncoding"):
            headers[hdrs.CONTENT_ENCODING] = encoding
        if request.method != hdrs.METH_HEAD and len(part) <= READ_BYTES:
            # One write for headers and body.
            body = os.pread(file.fileno(), len(part), part.start)
            return response(body, status=status, headers=headers)
        answer = web.StreamResponse(status=status, headers=headers)
        answer.content_length = len(part)
        await answer.prepare(request)
        if request.method != hdrs.METH_HEAD:
            for data in _read(file, part):
                await answer.write(data)
        await answer.write_eof()
        return answer


async def _serve_decompressed(
    request: web.BaseRequest, file: BinaryIO, headers: dict[str, str]
) -> web.StreamResponse:
    """
    Decompressive transcoding: a Range is ignored, the length isn't known.

    https://cloud.google.com/storage/docs/transcoding
    """
    headers["Warning"] = "214 UploadServer gunzipped"
    answer = web.StreamResponse(headers=headers)
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    if request.method != hdrs.METH_HEAD:
        for data in _gunzip(file):
            await answer.write(data)
    await answer.write_eof()
    return answer


def _gunzip(file: BinaryIO) -> Iterator[bytes]:
    gunzip = zlib.decompressobj(wbits=31)
    packed = b""
    while packed or (packed := file.read(READ_BYTES)):
        if gunzip.eof:
            # A gzip file may have several members.
            gunzip = zlib.decompressobj(wbits=31)
        if data := gunzip.decompress(packed, READ_BYTES):
            yield data
        packed = gunzip.unused_data if gunzip.eof else gunzip.unconsumed_tail
    if data := gunzip.flush():
        yield data
    if not gunzip.eof:
        raise EOFError("a content that says gzip is none, or is cut short")


def _read(file: BinaryIO, part: range) -> Iterator[bytes]:
    at = part.start
    while at < part.stop:
        data = os.pread(file.fileno(), min(READ_BYTES, part.stop - at), at)
        if not data:
            raise OSError(f"a content file ends at {at}, not at {part.stop}")
        at += len(data)
        yield data


def _takes_gzip(request: web.BaseRequest, stored: StoredObject) -> bool:
    if "no-transform" in str(stored.settings.get("cacheControl", "")):
        return True
    for part in request.headers.get(hdrs.ACCEPT_ENCODING, "").split(","):
        coding, _, quality = part.strip().lower().partition(";")
        if coding.strip() == "gzip" and quality.replace(" ", "") not in (
            "q=0",
            "q=0.0",
        ):
            return True
    return False


def _headers(stored: StoredObject) -> dict[str, str]:
    hashes = [f"crc32c={stored.content.crc32c}"]
    if stored.content.md5 is not None:
        hashes.append(f"md5={stored.content.md5}")
    settings = stored.settings
    changed = datetime.fromisoformat(stored.updated)
    headers = {
        **standard_headers(),
        hdrs.CONTENT_TYPE: settings.get("contentType", "application/octet-stream"),
        hdrs.ETAG: stored.etag,
        hdrs.LAST_MODIFIED: email.utils.format_datetime(changed, usegmt=True),
        "X-Goog-Generation": str(stored.generation),
        "X-Goog-Metageneration": str(stored.metageneration),
        "X-Goog-Hash": ",".join(hashes),
        "X-Goog-Storage-Class": settings["storageClass"],
        "X-Goog-Stored-Content-Encoding": settings.get("contentEncoding", "identity"),
        "X-Goog-Stored-Content-Length": str(stored.content.size),
    }
    for key, header in _SHOWN.items():
        if key in settings:
            headers[header] = settings[key]
    return headers
