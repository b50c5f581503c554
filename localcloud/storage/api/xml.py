"""
The XML API's read path: `GET /bucket/object`, which some clients read media by.
"""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aiohttp import hdrs, web

from localcloud.storage.api import downloads
from localcloud.storage.api.calls import Call, decoded
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import (
    NotModifiedError,
    PreconditionFailedError,
    UnsupportedError,
)
from localcloud.storage.rules.preconditions import Preconditions, integer


async def read(
    request: web.BaseRequest, call: Call, store: Store
) -> web.StreamResponse:
    """
    Answer a read of an object; UnsupportedError for all else of the XML API.
    """
    # Here, unlike in the JSON API, an object's slashes may come as they are.
    bucket, _, name = call.raw_path.removeprefix("/").partition("/")
    if call.method not in (hdrs.METH_GET, hdrs.METH_HEAD) or not name:
        raise UnsupportedError("this part of the XML API")
    stored, file = store.open_object(
        decoded(bucket), decoded(name), call.integer("generation")
    )
    try:
        headers = _headers(stored)
        _check(call, stored, headers[hdrs.ETAG])
    except BaseException:
        file.close()
        raise
    return await downloads.serve(request, stored, file, headers)


def _check(call: Call, stored: StoredObject, etag: str) -> None:
    def number(name: str) -> int | None:
        value = call.headers.get(name)
        return None if value is None else integer(value, name)

    Preconditions(
        generation_match=number("x-goog-if-generation-match"),
        metageneration_match=number("x-goog-if-metageneration-match"),
    ).check_read(stored)
    tags = replace(
        Preconditions(),
        etag_match=call.headers.get(hdrs.IF_MATCH),
        etag_not_match=call.headers.get(hdrs.IF_NONE_MATCH),
    )
    tags.check_read(_Tagged(stored.generation, stored.metageneration, etag))
    changed = datetime.fromisoformat(stored.updated).replace(microsecond=0)
    since = _date(call.headers.get(hdrs.IF_MODIFIED_SINCE))
    if tags.etag_not_match is None and since is not None and changed <= since:
        raise NotModifiedError
    since = _date(call.headers.get(hdrs.IF_UNMODIFIED_SINCE))
    if tags.etag_match is None and since is not None and changed > since:
        raise PreconditionFailedError


class _Tagged:
    """
    A generation under the etag that the XML API gives it.
    """

    def __init__(self, generation: int, metageneration: int, etag: str) -> None:
        self.generation = generation
        self.metageneration = metageneration
        self.etag = etag


def _headers(stored: StoredObject) -> dict[str, str]:
    headers: dict[str, str] = {hdrs.ACCEPT_RANGES: "bytes"}
    # https://cloud.google.com/storage/docs/hashes-etags#etags
    etag = f'"-{stored.etag}"'
    if stored.content.md5 is not None:
        etag = f'"{base64.b64decode(stored.content.md5).hex()}"'
    else:
        headers["X-Goog-Component-Count"] = str(stored.content.components)
    headers[hdrs.ETAG] = etag
    for key, value in stored.settings.get("metadata", {}).items():
        # A header can't hold what the JSON API lets metadata hold.
        if key.isascii() and key.isprintable() and value.isprintable():
            headers[f"X-Goog-Meta-{key}"] = value
    return headers


def _date(text: str | None) -> datetime | None:
    try:
        moment = None if text is None else parsedate_to_datetime(text)
    except ValueError:
        return None
    # "-0000" makes a time without a zone.
    return moment and moment.replace(tzinfo=moment.tzinfo or UTC)
