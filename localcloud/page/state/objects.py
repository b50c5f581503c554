"""
Buckets, objects and their generations; the beginning of an object that is text.
"""

import codecs
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web

from localcloud.page.answers import HEADERS
from localcloud.page.asked import Asked
from localcloud.storage.api import downloads
from localcloud.storage.disk.listing import Cursor, ListRequest
from localcloud.storage.disk.resources import Bucket, StoredObject
from localcloud.storage.disk.store import Store

_BUCKETS = 500
_COUNTED = 10_000
_PAGE = 100
_GENERATIONS = 50
PREVIEW_BYTES = 64 * 1024


def buckets(store: Store, asked: Asked) -> dict[str, Any]:
    """
    The buckets of all projects, with how much is in each.
    """
    names = store.overview.bucket_names(_BUCKETS)
    return {"buckets": [_bucket(store, store.buckets.get(name)) for name in names]}


def objects(store: Store, asked: Asked) -> dict[str, Any]:
    """
    A page of what lies under a prefix, as far as the next slash.
    """
    bucket = store.buckets.get(asked.required("bucket"))
    prefix = asked.text("prefix")
    token = asked.text("page")
    found = store.list_objects(
        ListRequest(
            bucket=bucket.name,
            prefix=prefix.encode("utf-8", "surrogatepass"),
            delimiter=b"" if asked.flag("flat") else b"/",
            versions=asked.flag("versions"),
            limit=asked.limit(_PAGE, 1000),
            after=Cursor.parse(token) if token else None,
        )
    )
    return {
        "bucket": bucket.name,
        "versioned": bucket.versioned,
        "prefix": prefix,
        "prefixes": found.prefixes,
        "objects": [_object(each) for each in found.items],
        "next": found.next.token() if found.next else None,
    }


def one_object(store: Store, asked: Asked) -> dict[str, Any]:
    """
    One generation with its siblings, and its first bytes if they are text.
    """
    bucket, name = asked.required("bucket"), asked.required("name")
    siblings = store.overview.generations(bucket, name, _GENERATIONS)
    stored = store.objects.get(
        bucket, name, asked.number("generation") or _newest(siblings)
    )
    return {
        **_object(stored),
        "bucket": bucket,
        "resource": stored.resource(),
        "preview": _preview(store, stored),
        "generations": [_object(each) for each in siblings],
    }


async def download(
    store: Store, asked: Asked, request: web.BaseRequest
) -> web.StreamResponse:
    """
    A generation as it is, to be saved and never to be shown.
    """
    stored, file = store.open_object(
        asked.required("bucket"), asked.required("name"), asked.number("generation")
    )
    file_name = quote(stored.name.rpartition("/")[2] or "object", safe="")
    return await downloads.serve(
        request,
        stored,
        file,
        {
            **HEADERS,
            "Content-Security-Policy": "sandbox; default-src 'none'",
            hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{file_name}",
        },
    )


def _newest(siblings: list[StoredObject]) -> int | None:
    # The live one, and of an object that is deleted the last one.
    if not siblings or any(each.live for each in siblings):
        return None
    return siblings[0].generation


def _bucket(store: Store, bucket: Bucket) -> dict[str, Any]:
    size = store.overview.size(bucket.name, _COUNTED)
    return {
        "name": bucket.name,
        "project": bucket.project,
        "location": bucket.location,
        "versioned": bucket.versioned,
        "created": bucket.created,
        "objects": size.objects,
        "bytes": size.bytes,
        "more": size.more,
    }


def _object(stored: StoredObject) -> dict[str, Any]:
    return {
        "name": stored.name,
        # Text: JavaScript's numbers end before generations do.
        "generation": str(stored.generation),
        "metageneration": str(stored.metageneration),
        "live": stored.live,
        "size": stored.content.size,
        "contentType": stored.settings.get("contentType", ""),
        "created": stored.created,
        "updated": stored.updated,
        "deleted": stored.deleted,
    }


def _preview(store: Store, stored: StoredObject) -> dict[str, Any]:
    if stored.settings.get("contentEncoding"):
        return {"text": None, "whole": False}
    with store.contents.path(stored.content.id).open("rb") as file:
        data = file.read(PREVIEW_BYTES)
    whole = len(data) == stored.content.size
    try:
        # The last character may be cut in two.
        text = codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return {"text": None, "whole": False}
    if "\0" in text:
        return {"text": None, "whole": False}
    return {"text": text, "whole": whole}
