"""
Lists of a bucket's objects: in the order of their UTF-8 bytes, in pages.

A list reads what has been committed when it runs, so it holds every object that
was there before the request began.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from localcloud.storage.disk.database import Database
from localcloud.storage.disk.object_rows import COLUMNS, SOFT_COLUMNS, as_object
from localcloud.storage.disk.resources import StoredObject
from localcloud.storage.rules.errors import InvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """
    Where a page ended: after a generation of a name, or after a common prefix.
    """

    name: bytes
    generation: int
    group: bool = False

    @classmethod
    def parse(cls, token: str) -> Self:
        """
        The cursor that a page token holds; InvalidError for what is none.
        """
        try:
            text = base64.b64decode(token.encode("ascii"), b"-_", validate=True)
            kind, digits, name = text.split(b":", 2)
            generation = int(digits)
            if not 0 <= generation < 2**63:
                raise ValueError(generation)
            return cls(
                name=name,
                generation=generation,
                group={b"p": True, b"n": False}[kind],
            )
        except (UnicodeEncodeError, binascii.Error, ValueError, KeyError) as error:
            raise InvalidError(f"Invalid value for pageToken: '{token}'") from error

    def token(self) -> str:
        """
        The page token.
        """
        kind = b"p" if self.group else b"n"
        text = b"%s:%d:%s" % (kind, self.generation, self.name)
        return base64.urlsafe_b64encode(text).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """
    What is asked for; offsets and prefix are UTF-8.
    """

    bucket: str
    prefix: bytes = b""
    delimiter: bytes = b""
    include_trailing_delimiter: bool = False
    start: bytes = b""
    end: bytes = b""
    glob: re.Pattern[str] | None = None
    versions: bool = False
    soft_deleted: bool = False
    limit: int = 1000
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    One page; `next` is None when nothing is left.
    """

    items: list[StoredObject]
    prefixes: list[str]
    next: Cursor | None


def list_objects(database: Database, request: ListRequest) -> Page:
    """
    The page that follows `request.after`; prefixes count as results.
    """
    items: list[StoredObject] = []
    prefixes: list[str] = []
    after = request.after
    # With a trailing delimiter the name `a/` is both a prefix and an item: a page
    # that ended on the item has told the prefix already.
    told = None if after is None or after.group else after.name
    low, generation = max(request.prefix, request.start), -1
    if after is not None:
        reached = _successor(after.name) if after.group else after.name
        if reached >= low:
            low, generation = reached, -1 if after.group else after.generation
    last = after
    while True:
        jumped = False
        for found, group in _grouped(database, request, low, generation):
            name = found.name.encode()
            if group is not None and group != told:
                if len(items) + len(prefixes) == request.limit:
                    return Page(items=items, prefixes=prefixes, next=last)
                prefixes.append(group.decode("utf-8", "replace"))
                told = group
                # The item `a/` is still to come after its prefix.
                itself = request.include_trailing_delimiter and group == name
                last = Cursor(name=group, generation=0, group=not itself)
            if group is None or (request.include_trailing_delimiter and group == name):
                if len(items) + len(prefixes) == request.limit:
                    return Page(items=items, prefixes=prefixes, next=last)
                items.append(found)
                last = Cursor(name=name, generation=found.generation)
            elif group is not None:
                low, generation, jumped = _successor(group), -1, True
                break
        if not jumped:
            return Page(items=items, prefixes=prefixes, next=None)


def _grouped(
    database: Database, request: ListRequest, low: bytes, generation: int
) -> Iterator[tuple[StoredObject, bytes | None]]:
    """
    What lies from `low` on, each with the common prefix that it falls under.
    """
    columns, table, which = COLUMNS, "object", "live = 1"
    if request.soft_deleted:
        columns, table, which = SOFT_COLUMNS, "soft_deleted", "hard_deleted > ?4"
    elif request.versions:
        which = "TRUE"
    rows = database.rows(
        f"SELECT {columns} FROM {table}"
        f" WHERE bucket = ?1 AND (name, generation) > (?2, ?3) AND {which}"
        " ORDER BY name, generation",
        request.bucket,
        low,
        generation,
        *([database.stamp()] if request.soft_deleted else ()),
    )
    begin = len(request.prefix)
    for row in rows:
        name: bytes = row[1]
        if not name.startswith(request.prefix) or (request.end and name >= request.end):
            return
        if request.glob is not None and not request.glob.fullmatch(name.decode()):
            continue
        cut = name.find(request.delimiter, begin) if request.delimiter else -1
        group = name[: cut + len(request.delimiter)] if cut >= 0 else None
        yield as_object(row), group


def _successor(prefix: bytes) -> bytes:
    """
    The least name above every name that begins with `prefix`.
    """
    # 0xFF is in no UTF-8 text.
    return prefix + b"\xff"
