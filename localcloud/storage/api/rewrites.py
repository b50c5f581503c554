"""
Rewrites that take several calls: to another location or storage class.

Within one location and class the service copies in one call, whatever its size:
https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite
"""

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.disk.drafts import Draft, Source
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import InvalidError
from localcloud.storage.rules.preconditions import Preconditions

_MEBIBYTE = 1024 * 1024


def rewrite(
    store: Store,
    call: Call,
    source: Source,
    target: Draft,
    *,
    bytes_per_call: int,
) -> Reply:
    """
    Copy the source, or tell how far the copy is and the token to go on with.

    The token holds how far it is and which generation it copies, so that a restart
    loses nothing; it is good for the same request alone.
    """
    conditions = call.preconditions()
    token = call.query.get("rewriteToken")
    step = _step(call) or bytes_per_call
    asked = _digest(source, target, conditions)
    done = 0
    if token:
        done, generation = _read(token, asked)
        source = replace(source, generation=generation)
    found = store.objects.source(source)
    if _in_one_call(store, found, target):
        step = found.content.size
    done = min(done + step, found.content.size)
    shown: dict[str, Any] = {
        "kind": "storage#rewriteResponse",
        "totalBytesRewritten": str(done),
        "objectSize": str(found.content.size),
        "done": done == found.content.size,
    }
    if shown["done"]:
        copy = store.copies.copy(source, target, conditions, call.overwrites)
        shown["resource"] = copy.resource(call.origin)
    else:
        store.objects.check(target, conditions, call.overwrites)
        shown["rewriteToken"] = _token(done, found.generation, asked)
    return Reply(resource=shown)


def _step(call: Call) -> int | None:
    step = call.integer("maxBytesRewrittenPerCall")
    if step is not None and (step <= 0 or step % _MEBIBYTE):
        raise InvalidError(
            f"Invalid value for maxBytesRewrittenPerCall: '{step}'. It must be a "
            "positive multiple of 1 MiB."
        )
    return step


def _in_one_call(store: Store, found: StoredObject, target: Draft) -> bool:
    here, there = (store.buckets.get(name) for name in (found.bucket, target.bucket))
    wanted = target.settings.get("storageClass")
    # Settings that say nothing of the class take it from the bucket.
    wanted = wanted or (there.storage_class)
    return here.location == there.location and wanted == found.settings["storageClass"]


def _digest(source: Source, target: Draft, conditions: Preconditions) -> str:
    text = json.dumps(
        [asdict(replace(source, generation=None)), asdict(target), asdict(conditions)],
        sort_keys=True,
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _token(done: int, generation: int, asked: str) -> str:
    return base64.urlsafe_b64encode(f"{done}:{generation}:{asked}".encode()).decode()


def _read(token: str, asked: str) -> tuple[int, int]:
    try:
        text = base64.b64decode(token.encode("ascii"), b"-_", validate=True).decode()
        done, generation, given = text.split(":")
        if given == asked:
            return max(int(done), 0), int(generation)
    except (UnicodeError, binascii.Error, ValueError):
        pass
    raise InvalidError("The provided rewrite token is not valid for this request.")
