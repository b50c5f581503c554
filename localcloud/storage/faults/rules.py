"""
Cloud Storage's rules: which calls they see, and answers given in part.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import msgspec
from aiohttp import hdrs

from localcloud.faults.rules import Call as AnyCall
from localcloud.faults.rules import FaultError, Rule, Said
from localcloud.storage.api.calls import Call, decoded
from localcloud.storage.api.operations import find_operation, is_json_api

SERVICE = "storage"

INSERT = "storage.objects.insert"
_GET = "storage.objects.get"
# Where the method's name in the JSON API is not the permission's.
_METHODS = {
    "storage.objects.create": INSERT,
    "storage.buckets.create": "storage.buckets.insert",
    "storage.notifications.create": "storage.notifications.insert",
}
# The verbs of the XML API, by what they do to an object.
_XML_METHODS = {
    hdrs.METH_GET: _GET,
    hdrs.METH_HEAD: _GET,
    hdrs.METH_PUT: INSERT,
    hdrs.METH_POST: INSERT,
    hdrs.METH_DELETE: "storage.objects.delete",
}


class StorageCall(AnyCall, frozen=True, kw_only=True):
    """
    A call of the JSON API or the XML API, by the JSON API's name for it.
    """

    service: str = SERVICE
    media: bool = False


class StorageFault(Rule, frozen=True, kw_only=True):
    """
    A rule for storage; `resource` is `projects/_/buckets/B/objects/N`, which for a
    copy is what it writes.
    """

    effects: ClassVar[tuple[str, ...]] = (
        *Rule.effects,
        "cut_after_bytes",
        "bytes_per_second",
        "forbid_missing",
    )

    service: Annotated[str, Said(description="`storage`")] = SERVICE
    media: Annotated[
        bool | None,
        Said(
            description="`true`: only calls that carry an object's bytes, up or down; "
            "`false`: only the others"
        ),
    ] = None
    cut_after_bytes: Annotated[
        Annotated[int, msgspec.Meta(ge=1)] | None,
        Said(
            description="the connection is cut after so many bytes of an upload or of "
            "an answer (a whole number from 1 on)"
        ),
    ] = None
    bytes_per_second: Annotated[
        Annotated[int, msgspec.Meta(ge=1)] | None,
        Said(
            description="bytes of an upload or of an answer come no faster (a whole "
            "number from 1 on)"
        ),
    ] = None

    forbid_missing: Annotated[
        bool,
        Said(description="`true`: what isn't there answers 403, and not 404"),
    ] = False

    def matches(self, call: AnyCall) -> bool:
        return (
            super().matches(call)
            and isinstance(call, StorageCall)
            and self.media in (None, call.media)
        )

    def check_error(self, error: FaultError) -> None:
        # Any status can come from in front of the service: 408, 502.
        if not (isinstance(error.code, int) and 400 <= error.code <= 599):
            super().check_error(error)
        if error.details:
            raise ValueError(
                "`error.details` are not for storage, whose errors have none: leave "
                "them out"
            )


def asked_for(call: Call, name: str = "") -> StorageCall | None:
    """
    What a rule looks at, `name` being an upload's whose URL has none; None for what
    no method of the API is.
    """
    if not is_json_api(call.path):
        bucket, _, rest = call.raw_path.removeprefix("/").partition("/")
        listing = not rest and call.method == hdrs.METH_GET
        method = "storage.objects.list" if listing else _XML_METHODS.get(call.method)
        if method is None:
            return None
        return _made(method, decoded(bucket), decoded(rest), media=bool(rest))
    operation, names = find_operation(call.method, call.path)
    method = _METHODS.get(operation.value, operation.value)
    bucket = names.get("targetBucket", names.get("bucket", ""))
    found = names.get("targetObject", names.get("object", ""))
    if method == INSERT:
        found = call.query.get("name", name)
    return _made(method, bucket, found, media=_carries_bytes(method, call))


def name_in(metadata: bytes) -> str:
    """
    The name that an upload's metadata give the object.
    """
    try:
        given: Any = json.loads(metadata)
    except ValueError:
        return ""
    name = given.get("name") if isinstance(given, Mapping) else None
    return name if isinstance(name, str) else ""


def _made(method: str, bucket: str, name: str, *, media: bool) -> StorageCall:
    resource = "projects/_"
    if bucket:
        resource += f"/buckets/{bucket}"
    if name:
        resource += f"/objects/{name}"
    return StorageCall(method=method, resource=resource, media=media)


def _carries_bytes(method: str, call: Call) -> bool:
    if method == _GET:
        return call.query.get("alt") == "media" or call.path[0] == "download"
    if method != INSERT:
        return False
    if "upload_id" not in call.query:
        return call.query.get("uploadType") in ("media", "multipart")
    asks = call.headers.get(hdrs.CONTENT_RANGE, "").startswith("bytes */")
    return call.method == hdrs.METH_PUT and not asks
