"""
Composition: the contents of up to 32 objects, joined into one.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, BinaryIO

from localcloud.storage.api.answers import Reply
from localcloud.storage.api.calls import Call
from localcloud.storage.api.objects import object_reply
from localcloud.storage.disk.contents import READ_BYTES, ContentWriter
from localcloud.storage.disk.drafts import Draft, Source
from localcloud.storage.disk.pump import Pump
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.disk.store import Store
from localcloud.storage.rules.errors import InvalidError, RequiredError
from localcloud.storage.rules.metadata import writable
from localcloud.storage.rules.preconditions import Preconditions, integer
from localcloud.storage.rules.sizes import check_size

# https://cloud.google.com/storage/docs/composite-objects
_MOST_SOURCES = 32


async def compose(store: Store, call: Call, names: Mapping[str, str]) -> Reply:
    """
    Join the sources, in their order, into a new generation of the target.

    The sources are pinned when the call begins: what is written to them
    meanwhile is not in the result.
    """
    asked = call.json()
    settings = writable(_mapping(asked, "destination"))
    settings.setdefault("contentType", "application/octet-stream")
    target = Draft(bucket=names["bucket"], name=names["object"], settings=settings)
    conditions = call.preconditions()
    store.objects.check(target, conditions, call.overwrites)
    sources = [store.objects.source(each) for each in _sources(asked, target.bucket)]
    consumed = _consumed(asked, sources)
    if consumed:
        call.overwrites.permit(target.bucket)
    check_size(sum(each.content.size for each in sources))
    writer = store.contents.writer(md5=False)
    try:
        with ExitStack() as files:
            # Opened before the first await: a deletion can't take them away.
            opened: list[BinaryIO] = [
                files.enter_context(store.contents.path(each.content.id).open("rb"))
                for each in sources
            ]
            await _join(opened, writer)
        parts = sum(each.content.components or 1 for each in sources)
        made = store.objects.insert(
            target,
            writer.finish(components=parts),
            conditions,
            call.overwrites,
            consumed=consumed,
        )
    except BaseException:
        writer.abandon()
        raise
    return object_reply(made, call)


async def _join(files: list[BinaryIO], writer: ContentWriter) -> None:
    pump = Pump(writer)
    try:
        for file in files:
            while data := file.read(READ_BYTES):
                await pump.write(data)
                await asyncio.sleep(0)
    finally:
        await pump.settle()


def _sources(asked: Mapping[str, Any], bucket: str) -> list[Source]:
    given = asked.get("sourceObjects")
    if not isinstance(given, list) or not given:
        raise RequiredError("You must provide at least one source component.")
    if len(given) > _MOST_SOURCES:
        raise InvalidError(
            f"The number of source components provided ({len(given)}) exceeds the "
            f"maximum ({_MOST_SOURCES})"
        )
    sources = []
    for each in given:
        if not isinstance(each, Mapping) or not isinstance(each.get("name"), str):
            raise RequiredError("Required")
        match = _mapping(each, "objectPreconditions").get("ifGenerationMatch")
        generation = each.get("generation")
        sources.append(
            Source(
                bucket=bucket,
                name=each["name"],
                generation=_number(generation, "generation"),
                conditions=Preconditions(
                    generation_match=_number(match, "ifGenerationMatch")
                ),
            )
        )
    return sources


def _consumed(
    asked: Mapping[str, Any], sources: list[StoredObject]
) -> list[StoredObject]:
    if asked.get("deleteSourceObjects") is not True:
        return []
    return list({(each.name, each.generation): each for each in sources}.values())


def _mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = value.get(key) or {}
    if not isinstance(inner, Mapping):
        raise InvalidError(f"Invalid value for: {key}")
    return inner


def _number(value: object, name: str) -> int | None:
    return None if value is None else integer(str(value), name)
