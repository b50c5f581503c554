"""
Uploads in one request: media, and metadata with media.

The body is whole on disk before preconditions are checked, in the transaction
that makes the switch.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from aiohttp import hdrs, web

from localcloud.storage.api.answers import Reply, json_response
from localcloud.storage.api.bodies import pieces, whole
from localcloud.storage.api.calls import Call, json_object
from localcloud.storage.api.multipart import RelatedBody
from localcloud.storage.api.objects import object_reply
from localcloud.storage.api.resumable import ResumableUploads
from localcloud.storage.disk.drafts import Draft
from localcloud.storage.disk.pump import Pump
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.checksums import Checksums
from localcloud.storage.rules.errors import (
    InvalidError,
    UnsupportedError,
)
from localcloud.storage.rules.metadata import writable
from localcloud.storage.rules.overwrites import Overwrites
from localcloud.storage.rules.sizes import check_size, number

_DEFAULT_TYPE = "application/octet-stream"


class UploadMethods:
    """
    Every kind of insert.
    """

    def __init__(
        self, store: Store, overwrites_of: Callable[[str], Overwrites]
    ) -> None:
        self._store = store
        self._resumable = ResumableUploads(store, overwrites_of)

    async def insert(
        self, request: web.BaseRequest, call: Call, names: Mapping[str, str]
    ) -> web.StreamResponse:
        """
        Take the upload that the request makes, begins or goes on with.
        """
        if "upload_id" in call.query:
            return await self._resumable.go_on(request, call)
        if call.method != hdrs.METH_POST:
            raise InvalidError("Missing upload_id.")
        check_size(request.content_length)
        kind = call.query.get("uploadType", "")
        if kind == "resumable":
            return await self._begin(request, call, names["bucket"])
        body = pieces(request)
        content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
        if kind == "media":
            made = await self._take(
                call, names["bucket"], {}, content_type or _DEFAULT_TYPE, body
            )
        elif kind == "multipart":
            parts = RelatedBody(content_type, body)
            metadata = json_object(await parts.metadata())
            made = await self._take(
                call,
                names["bucket"],
                metadata,
                parts.media_type or _DEFAULT_TYPE,
                parts.media(),
            )
        else:
            raise InvalidError(f"Invalid value for uploadType: '{kind}'.")
        return json_response(object_reply(made, call), call)

    async def _begin(
        self, request: web.BaseRequest, call: Call, bucket: str
    ) -> web.StreamResponse:
        metadata = json_object(await whole(request))
        content_type = call.headers.get("X-Upload-Content-Type", _DEFAULT_TYPE)
        total = call.headers.get("X-Upload-Content-Length")
        if total is not None and not (total.isascii() and total.isdigit()):
            raise InvalidError("Invalid value for X-Upload-Content-Length.")
        check_size(None if total is None else number(total))
        location = self._resumable.begin(
            call,
            draft(call, bucket, metadata, content_type),
            Checksums.of(metadata, call.headers.get("X-Goog-Hash")),
            None if total is None else number(total),
        )
        return json_response(Reply(headers={hdrs.LOCATION: location}), call)

    async def _take(
        self,
        call: Call,
        bucket: str,
        metadata: dict[str, Any],
        content_type: str,
        body: AsyncIterator[bytes],
    ) -> StoredObject:
        conditions = call.preconditions()
        new = draft(call, bucket, metadata, content_type)
        checksums = Checksums.of(metadata, call.headers.get("X-Goog-Hash"))
        writer = self._store.contents.writer()
        pump = Pump(writer)
        try:
            async for data in body:
                await pump.write(data)
            await pump.settle()
            content = writer.finish()
            checksums.check(content.md5, content.crc32c)
            return self._store.objects.insert(new, content, conditions, call.overwrites)
        except BaseException:
            with contextlib.suppress(Exception):
                await pump.settle()
            writer.abandon()
            raise


def draft(
    call: Call, bucket: str, metadata: Mapping[str, Any], content_type: str
) -> Draft:
    """
    The new generation that an insert asks for.
    """
    if "x-goog-encryption-algorithm" in call.headers or "kmsKeyName" in call.query:
        raise UnsupportedError("customer encryption keys")
    settings = writable(metadata)
    if settings.get("contentType") is None:
        settings["contentType"] = content_type
    if "contentEncoding" in call.query:
        settings["contentEncoding"] = call.query["contentEncoding"]
    # The query's name wins over the resource's, says the reference of insert.
    name = call.query.get("name") or metadata.get("name") or ""
    if not isinstance(name, str):
        raise InvalidError("Invalid value for: name")
    return Draft(bucket=bucket, name=name, settings=settings)
