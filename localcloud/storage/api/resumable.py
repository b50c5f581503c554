"""
Resumable uploads: a session takes an object's bytes over any number of requests.

https://cloud.google.com/storage/docs/performing-resumable-uploads

Whole blocks of 256 KiB stay when a connection or this process dies; the object
appears, whole, with the last byte. Preconditions are checked at both ends.
"""

import asyncio
import contextlib
from collections.abc import Callable
from urllib.parse import quote

from aiohttp import hdrs, web

from localcloud.storage.api.answers import Reply, json_response, response
from localcloud.storage.api.calls import Call
from localcloud.storage.api.progress import Progress
from localcloud.storage.api.ranges import ContentRange
from localcloud.storage.disk.contents import READ_BYTES, Content
from localcloud.storage.disk.drafts import Draft
from localcloud.storage.disk.resources import PUBLIC_ORIGIN
from localcloud.storage.disk.store import Store
from localcloud.storage.disk.uploads import Upload, UploadState
from localcloud.storage.rules.checksums import Checksums
from localcloud.storage.rules.errors import InvalidError, UnavailableError
from localcloud.storage.rules.overwrites import Overwrites

_CLIENT_CLOSED_REQUEST = 499


class ResumableUploads:
    """
    The sessions. Of two requests that send bytes to one, the later goes on.

    `overwrites_of` says what an account may overwrite at the time.
    """

    def __init__(
        self, store: Store, overwrites_of: Callable[[str], Overwrites]
    ) -> None:
        self._store = store
        self._overwrites_of = overwrites_of
        self._running: dict[str, Progress] = {}

    def begin(
        self, call: Call, new: Draft, checksums: Checksums, total: int | None
    ) -> str:
        """
        Open a session; returns its URI. What its caller may overwrite is asked now,
        and again at the end: later requests come without a token.
        """
        conditions = call.preconditions()
        self._store.objects.check(new, conditions, call.overwrites)
        writer = self._store.contents.writer()
        upload_id = self._store.uploads.start(
            writer.id, new, conditions, checksums, total, call.overwrites.account
        )
        self._running[upload_id] = Progress.of(writer)
        return (
            f"{call.origin}/upload/storage/v1/b/{quote(new.bucket, safe='')}/o"
            f"?uploadType=resumable&name={quote(new.name, safe='')}"
            f"&upload_id={upload_id}"
        )

    async def go_on(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """
        Take a chunk, tell how far the session is, or cancel it.
        """
        upload = self._store.uploads.get(call.query["upload_id"])
        if upload.state is UploadState.DONE:
            shown = dict(upload.resource or {})
            shown["mediaLink"] = shown["mediaLink"].replace(
                PUBLIC_ORIGIN, call.origin, 1
            )
            return json_response(Reply(resource=shown), call)
        if upload.state is UploadState.CANCELLED:
            return response(status=_CLIENT_CLOSED_REQUEST)
        progress = await self._progress(upload)
        if call.method == hdrs.METH_DELETE:
            await progress.take_turn()
            self._store.uploads.cancel(upload.id)
            progress.writer.abandon()
            self._running.pop(upload.id, None)
            return response(status=_CLIENT_CLOSED_REQUEST)
        chunk = ContentRange.parse(call.headers.get(hdrs.CONTENT_RANGE))
        total = chunk.total if chunk.total is not None else upload.total
        if upload.total not in (None, total):
            raise InvalidError(
                f"Invalid request.  The total size {total} differs from the "
                f"{upload.total} byte(s) that the upload began with."
            )
        if progress.content is None and chunk.first is not None:
            check_turn = await progress.take_turn()
            refusal = _refusal(request, chunk, progress.size)
            if refusal is not None:
                return refusal
            if await self._take(request, progress, chunk, total, check_turn):
                progress.content = progress.writer.finish()
        elif progress.content is None and progress.size == total:
            # A request that still waits for the end of its body is too late now.
            await progress.take_turn()
            progress.content = progress.writer.finish()
        if progress.content is None:
            return _incomplete(call, progress.size)
        return self._complete(call, upload, progress.content)

    async def _take(
        self,
        request: web.BaseRequest,
        progress: Progress,
        chunk: ContentRange,
        total: int | None,
        check_turn: Callable[[], None],
    ) -> bool:
        """
        Write a chunk's bytes; returns whether they were the last.
        """
        writer, pump = progress.writer, progress.pump
        # What an earlier request left incomplete comes again with this one.
        writer.pause()
        at = chunk.first or 0
        received = writer.received
        request.content.set_read_chunk_size(READ_BYTES)
        try:
            async for data in request.content.iter_any():
                check_turn()
                known = max(received - at, 0)
                at += len(data)
                if known < len(data):
                    new = data[known:] if known else data
                    received += len(new)
                    await pump.write(new)
            check_turn()
            await pump.settle()
            check_turn()
            _check_end(chunk, at, total)
        except BaseException:
            with contextlib.suppress(UnavailableError):
                check_turn()
                await pump.settle()
                check_turn()
                writer.pause()
            raise
        # Where a range names neither its last byte nor the total, as in `0-*/*` of
        # Node's client, or is not there, the body's end is the content's.
        open_ended = chunk.last is None and total is None
        if writer.received == (at if open_ended else total):
            return True
        writer.pause()
        return False

    def _complete(
        self, call: Call, upload: Upload, content: Content
    ) -> web.StreamResponse:
        upload.checksums.check(content.md5, content.crc32c)
        said = Checksums.of({}, call.headers.get("X-Goog-Hash"))
        said.check(content.md5, content.crc32c)
        made = self._store.objects.insert(
            upload.draft,
            content,
            upload.conditions,
            self._overwrites_of(upload.account),
            along=lambda made: self._store.uploads.done(upload.id, made),
        )
        self._running.pop(upload.id, None)
        return json_response(Reply(resource=made.resource(call.origin)), call)

    async def _progress(self, upload: Upload) -> Progress:
        if upload.id not in self._running:
            # An earlier process took the first bytes: their checksums are taken
            # again from the file, piece by piece, so that others get their turn.
            writer = self._store.contents.writer(upload.content)
            for _ in writer.resume():
                await asyncio.sleep(0)
            self._running.setdefault(upload.id, Progress.of(writer))
        return self._running[upload.id]


def _refusal(
    request: web.BaseRequest, chunk: ContentRange, size: int
) -> web.StreamResponse | None:
    """
    What is wrong with a chunk before its first byte is read; None if nothing is.
    """
    first = chunk.first or 0
    length = request.content_length
    if chunk.last is not None and length not in (None, chunk.last - first + 1):
        raise _wrong_length(chunk, length or 0)
    if first > size:
        # The service tells this one in plain text; Java's client knows it by that.
        text = (
            "Invalid request.  According to the Content-Range header, the upload "
            f"offset is {first} byte(s), which exceeds already uploaded size of "
            f"{size} byte(s)."
        )
        headers: dict[str, str] = {hdrs.CONTENT_TYPE: "text/plain; charset=utf-8"}
        return response(text.encode(), status=503, headers=headers)
    return None


def _check_end(chunk: ContentRange, end: int, total: int | None) -> None:
    if chunk.last is not None and end != chunk.last + 1:
        raise _wrong_length(chunk, end - (chunk.first or 0))
    if total is not None and end > total:
        raise InvalidError(
            f"Invalid request.  {end} byte(s) were sent of an upload of {total}."
        )


def _wrong_length(chunk: ContentRange, length: int) -> InvalidError:
    first, last = chunk.first or 0, chunk.last or 0
    return InvalidError(
        f"Invalid request.  There were {length} byte(s) in the request body.  There "
        f"should have been {last - first + 1} byte(s) (starting at offset {first} and "
        f"ending at offset {last}) according to the Content-Range header."
    )


def _incomplete(call: Call, size: int) -> web.StreamResponse:
    headers: dict[str, str] = {}
    if size:
        headers[hdrs.RANGE] = f"bytes=0-{size - 1}"
    # Go's client asks not to be told 308, which HTTP libraries take for a redirect.
    if call.headers.get("X-GUploader-No-308", "").lower() in ("yes", "true"):
        return response(headers={**headers, "X-HTTP-Status-Code-Override": "308"})
    answer = response(headers=headers)
    answer.set_status(308, "Resume Incomplete")
    return answer
