"""
The object methods of the JSON API, apart from those that move content.
"""

from collections.abc import Mapping

from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.api.rewrites import rewrite
from localcloud.storage.disk.drafts import Draft, Source
from localcloud.storage.disk.listing import Cursor, ListRequest
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import InvalidError, RequiredError
from localcloud.storage.rules.globs import compiled
from localcloud.storage.rules.metadata import writable
from localcloud.storage.rules.preconditions import Preconditions


class ObjectMethods:
    """
    Each method takes a call and what its path names.
    """

    def __init__(self, store: Store, *, rewrite_bytes: int, list_page: int) -> None:
        self._store = store
        self._rewrite_bytes = rewrite_bytes
        self._list_page = list_page

    def get(self, call: Call, names: Mapping[str, str]) -> Reply:
        generation = call.integer("generation")
        if call.flag("softDeleted"):
            found = self._store.objects.get_soft_deleted(
                names["bucket"], names["object"], _required(generation)
            )
        else:
            found = self._store.objects.get(
                names["bucket"], names["object"], generation
            )
        call.preconditions().check_read(found)
        return object_reply(found, call)

    def list(self, call: Call, names: Mapping[str, str]) -> Reply:
        query = call.query
        if call.flag("softDeleted") and call.flag("versions"):
            raise InvalidError("softDeleted and versions can't both be true.")
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
                soft_deleted=call.flag("softDeleted"),
                limit=min(call.limit(), self._list_page),
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
        source, target = _from_to(call, names)
        return rewrite(
            self._store, call, source, target, bytes_per_call=self._rewrite_bytes
        )

    def copy(self, call: Call, names: Mapping[str, str]) -> Reply:
        source, target = _from_to(call, names)
        copy = self._store.copies.copy(
            source, target, call.preconditions(), call.overwrites
        )
        return object_reply(copy, call)

    def move(self, call: Call, names: Mapping[str, str]) -> Reply:
        source = Source(
            bucket=names["bucket"],
            name=names["object"],
            conditions=Preconditions.from_query(call.query, "ifSource"),
        )
        moved = self._store.copies.move(
            source, names["targetObject"], call.preconditions(), call.overwrites
        )
        return object_reply(moved, call)

    def restore(self, call: Call, names: Mapping[str, str]) -> Reply:
        bucket = self._store.buckets.get(names["bucket"])
        if call.flag("copySourceAcl") and bucket.uniform_access:
            raise InvalidError(
                "copySourceAcl can't be true for a bucket that has uniform "
                "bucket-level access."
            )
        restored = self._store.copies.restore(
            bucket.name,
            names["object"],
            _required(call.integer("generation")),
            call.preconditions(),
            call.overwrites,
        )
        return object_reply(restored, call)

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


def _required(generation: int | None) -> int:
    if generation is None:
        raise RequiredError("Required parameter: generation")
    return generation


def _from_to(call: Call, names: Mapping[str, str]) -> tuple[Source, Draft]:
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
    return source, target


def _named(call: Call, names: Mapping[str, str]) -> Source:
    return Source(
        bucket=names["bucket"],
        name=names["object"],
        generation=call.integer("generation"),
        conditions=call.preconditions(),
    )
