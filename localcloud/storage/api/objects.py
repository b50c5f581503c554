"""
The object methods of the JSON API, apart from those that move content.
"""

from collections.abc import Mapping

from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.disk.drafts import Draft, Source
from localcloud.storage.disk.listing import Cursor, ListRequest
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import UnsupportedError
from localcloud.storage.rules.globs import compiled
from localcloud.storage.rules.metadata import writable
from localcloud.storage.rules.preconditions import Preconditions


class ObjectMethods:
    """
    Each method takes a call and what its path names.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, call: Call, names: Mapping[str, str]) -> Reply:
        found = self._store.objects.get(
            names["bucket"], names["object"], call.integer("generation")
        )
        call.preconditions().check_read(found)
        return object_reply(found, call)

    def list(self, call: Call, names: Mapping[str, str]) -> Reply:
        if call.flag("softDeleted"):
            raise UnsupportedError("soft-deleted objects")
        query = call.query
        token = query.get("pageToken")
        glob = query.get("matchGlob")
        page = self._store.list_objects(
            ListRequest(
                bucket=names["bucket"],
                prefix=query.get("prefix", "").encode(),
                delimiter=query.get("delimiter", "").encode(),
                include_trailing_delimiter=call.flag("includeTrailingDelimiter"),
                start=query.get("startOffset", "").encode(),
                end=query.get("endOffset", "").encode(),
                glob=compiled(glob) if glob else None,
                versions=call.flag("versions"),
                limit=call.limit(),
                after=Cursor.parse(token) if token else None,
            )
        )
        shown: dict[str, object] = {"kind": "storage#objects"}
        if page.next is not None:
            shown["nextPageToken"] = page.next.token()
        if page.prefixes:
            shown["prefixes"] = page.prefixes
        if page.items:
            shown["items"] = [item.resource(call.origin) for item in page.items]
        return Reply(resource=shown)

    def patch(self, call: Call, names: Mapping[str, str]) -> Reply:
        return self._change(call, names, replacing=False)

    def update(self, call: Call, names: Mapping[str, str]) -> Reply:
        return self._change(call, names, replacing=True)

    def delete(self, call: Call, names: Mapping[str, str]) -> Reply:
        self._store.objects.delete(_named(call, names))
        return Reply(status=204)

    def rewrite(self, call: Call, names: Mapping[str, str]) -> Reply:
        # The service copies within one location and storage class in one call,
        # whatever maxBytesRewrittenPerCall says.
        copy = self._copy(call, names)
        size = str(copy.content.size)
        return Reply(
            resource={
                "kind": "storage#rewriteResponse",
                "totalBytesRewritten": size,
                "objectSize": size,
                "done": True,
                "resource": copy.resource(call.origin),
            }
        )

    def copy(self, call: Call, names: Mapping[str, str]) -> Reply:
        return object_reply(self._copy(call, names), call)

    def _copy(self, call: Call, names: Mapping[str, str]) -> StoredObject:
        source = Source(
            bucket=names["bucket"],
            name=names["object"],
            generation=call.integer("sourceGeneration"),
            conditions=Preconditions.from_query(call.query, "ifSource"),
        )
        target = Draft(
            bucket=names["targetBucket"],
            name=names["targetObject"],
            settings=writable(call.json()),
        )
        _, copy = self._store.objects.copy(source, target, call.preconditions())
        return copy

    def _change(
        self, call: Call, names: Mapping[str, str], *, replacing: bool
    ) -> Reply:
        changed = self._store.objects.change(
            _named(call, names), writable(call.json()), replacing=replacing
        )
        return object_reply(changed, call)


def object_reply(shown: StoredObject, call: Call) -> Reply:
    """
    An object's resource as the answer.
    """
    return Reply(resource=shown.resource(call.origin), headers={"ETag": shown.etag})


def _named(call: Call, names: Mapping[str, str]) -> Source:
    return Source(
        bucket=names["bucket"],
        name=names["object"],
        generation=call.integer("generation"),
        conditions=call.preconditions(),
    )
