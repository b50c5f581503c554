"""
The importer's rules: one type for each JSON path over a whole file.

Vertex AI reads a batch's input as BigQuery reads JSON: it infers one schema
for all rows and fails the *whole* job when a row breaks it (vertex facts, A1).
So every row is held against the fields of all rows before it.
"""

import re
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from shared.problems import Code, RowError

DEEPEST = 15
MOST_FIELDS = 10_000
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,299}")


class Kind(IntEnum):
    """The importer's types, as far as they must agree."""

    STRUCT = 1
    LIST = 2
    STRING = 3
    NUMBER = 4
    BOOLEAN = 5


_KINDS: dict[type, Kind] = {
    dict: Kind.STRUCT,
    list: Kind.LIST,
    str: Kind.STRING,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    bool: Kind.BOOLEAN,
}
# An enum's member takes longer to look up than all else that a value takes.
_STRUCT, _LIST, _STRING = Kind.STRUCT, Kind.LIST, Kind.STRING
_WORDS = {
    Kind.STRUCT: "an object",
    Kind.LIST: "a list",
    Kind.STRING: "a string",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
}


# Below these a caller's own data lies, under names of its own.
_FREE = {"args", "response", "responseschema", "responsejsonschema"}
_FREE |= {"parameters", "parametersjsonschema", "labels"}


class _Field:
    """
    One path: its kind once seen, the fields below it, and a list's items.

    `is_free`: its names are the caller's own. `is_uri`: what it holds is fetched
    with somebody's rights. `has_twins`: two of its members' names are one.
    """

    __slots__ = ("folded", "has_twins", "is_free", "is_uri", "items", "kind", "members")

    def __init__(self, *, is_free: bool, is_uri: bool = False) -> None:
        self.kind: Kind | None = None
        self.members: dict[str, _Field] = {}
        self.items: _Field | None = None
        self.is_free = is_free
        self.is_uri = is_uri
        self.folded: set[str] = set()
        self.has_twins = False

    def fold(self, name: str) -> str:
        """
        The name as whoever reads it may take it: columns know no case, and the
        service takes `fileData` and `file_data` for one.
        """
        folded = name.casefold()
        return folded if self.is_free else folded.replace("_", "")

    def settle(self, kind: Kind) -> None:
        """Take the first kind that is seen; another one breaks the rule."""
        if self.kind is not None:
            raise _BrokenError(
                Code.MIXED_TYPES,
                f"this is {_WORDS[kind]}, in an earlier row it was "
                f"{_WORDS[self.kind]}: give it one type in the whole file",
            )
        self.kind = kind


class _BrokenError(Exception):
    """A rule is broken; the path is gathered on the way out, innermost first."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.path: list[str] = []


class Fields:
    """
    The fields of a file, learnt row by row; memory is bounded by MOST_FIELDS.

    `is_allowed` is asked for every URI that a request would have fetched,
    wherever in it and however its name is spelt.
    """

    def __init__(self, is_allowed: Callable[[str], bool]) -> None:
        self._is_allowed = is_allowed
        self._root = _Field(is_free=True)
        self._root.kind = Kind.STRUCT
        self._count = 0

    def learn(self, row: dict[str, Any]) -> int:
        """
        Hold a row against all before it and return how many colons a JSON text
        of it has: one for each member of an object, and those in its strings.
        Raises RowError with the path that breaks a rule.
        """
        try:
            return self._struct(row, self._root, 0)
        except _BrokenError as error:
            # Only names that passed the name rule get into a path: it is safe
            # to show.
            path = "$" + "".join(reversed(error.path))
            raise RowError(error.code, error.message, path=path) from None

    def _struct(self, value: dict[str, Any], field: _Field, depth: int) -> int:
        if not value:
            raise _BrokenError(
                Code.EMPTY_STRUCT,
                "the importer can't store an object without fields: leave it out",
            )
        if depth > DEEPEST:
            raise _BrokenError(
                Code.TOO_DEEP,
                f"objects are nested deeper than the importer's {DEEPEST} levels: "
                "flatten them",
            )
        count = len(value)
        members = field.members
        for name, child in value.items():
            known = members.get(name) or self._added(name, field)
            if child is None:
                continue
            kind = _KINDS[type(child)]
            try:
                if kind is not known.kind:
                    known.settle(kind)
                if kind is _STRING:
                    count += child.count(":")
                    if known.is_uri:
                        self._expect_allowed(child)
                elif kind is _STRUCT:
                    count += self._struct(child, known, depth + 1)
                elif kind is _LIST:
                    count += self._list(child, known, depth)
            except _BrokenError as error:
                error.path.append(f".{name}")
                raise
        if field.has_twins and len({field.fold(name) for name in value}) < len(value):
            raise _BrokenError(
                Code.DUPLICATE_FIELD,
                "two fields of one object have the same name, but for case or '_': "
                "keep one",
            )
        return count

    def _list(self, value: list[Any], field: _Field, depth: int) -> int:
        items = field.items
        if items is None:
            items = _Field(is_free=field.is_free, is_uri=field.is_uri)
            field.items = items
        count = 0
        for item in value:
            if item is None:
                raise _BrokenError(
                    Code.NULL_IN_LIST,
                    "the importer can't store null in a list: leave it out",
                )
            kind = _KINDS[type(item)]
            if kind is _LIST:
                raise _BrokenError(
                    Code.MIXED_TYPES,
                    "the importer can't store a list of lists: put an object between",
                )
            try:
                if kind is not items.kind:
                    items.settle(kind)
                if kind is _STRING:
                    count += item.count(":")
                    if items.is_uri:
                        self._expect_allowed(item)
                elif kind is _STRUCT:
                    count += self._struct(item, items, depth + 1)
            except _BrokenError as error:
                error.path.append("[]")
                raise
        return count

    def _added(self, name: str, field: _Field) -> _Field:
        if not _FIELD_NAME.fullmatch(name):
            raise _BrokenError(
                Code.BAD_FIELD_NAME,
                "the importer takes at most 300 letters, digits and '_' as a name, "
                "no digit first: rename the field",
            )
        self._count += 1
        if self._count > MOST_FIELDS:
            raise _BrokenError(
                Code.TOO_MANY_FIELDS,
                f"the rows have more than {MOST_FIELDS} different fields in all: "
                "split the file",
            )
        folded = field.fold(name)
        field.has_twins = field.has_twins or folded in field.folded
        field.folded.add(folded)
        known = self._below(field, folded.replace("_", ""))
        field.members[name] = known
        return known

    def _below(self, field: _Field, folded: str) -> _Field:
        if field is self._root:
            return _Field(is_free=folded != "request")
        is_free = field.is_free or folded in _FREE
        return _Field(is_free=is_free, is_uri=not is_free and folded == "fileuri")

    def _expect_allowed(self, uri: str) -> None:
        if not self._is_allowed(uri):
            raise _BrokenError(
                Code.MEDIA_NOT_ALLOWED,
                "this exists only in the Gemini Developer API: upload it to a bucket "
                "and name it as gs://"
                if "generativelanguage.googleapis.com" in uri[:100]
                else "this URI is under none of the route's media_prefixes: put it "
                "there, or have them widened",
            )
