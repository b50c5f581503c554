"""
The importer's rules: one type for each JSON path over a whole file.

Vertex AI reads a batch's input as BigQuery reads JSON: it infers one schema
for all rows and fails the *whole* job when a row breaks it (vertex facts, A1).
So every row is held against the fields of all rows before it.
"""

import re
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
_WORDS = {
    Kind.STRUCT: "an object",
    Kind.LIST: "a list",
    Kind.STRING: "a string",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
}


class _Field:
    """One path: its kind once seen, the fields below it, and a list's items."""

    __slots__ = ("items", "kind", "members")

    def __init__(self) -> None:
        self.kind: Kind | None = None
        self.members: dict[str, _Field] = {}
        self.items: _Field | None = None

    def settle(self, kind: Kind) -> None:
        """Take the first kind that is seen; another one breaks the rule."""
        if self.kind is not None:
            raise _BrokenError(
                Code.MIXED_TYPES,
                f"this is {_WORDS[kind]}, in an earlier row it was "
                f"{_WORDS[self.kind]}: the importer wants one type for a whole file",
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
    """The fields of a file, learnt row by row; memory is bounded by MOST_FIELDS."""

    def __init__(self) -> None:
        self._root = _Field()
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
                f"objects are nested deeper than the importer's {DEEPEST} levels",
            )
        count = len(value)
        members = field.members
        for name, child in value.items():
            known = members.get(name)
            if known is None:
                known = members[name] = self._new(name)
            if child is None:
                continue
            kind = _KINDS[type(child)]
            try:
                if kind is not known.kind:
                    known.settle(kind)
                if kind is Kind.STRING:
                    count += child.count(":")
                elif kind is Kind.STRUCT:
                    count += self._struct(child, known, depth + 1)
                elif kind is Kind.LIST:
                    count += self._list(child, known, depth)
            except _BrokenError as error:
                error.path.append(f".{name}")
                raise
        return count

    def _list(self, value: list[Any], field: _Field, depth: int) -> int:
        items = field.items
        if items is None:
            items = field.items = _Field()
        count = 0
        for item in value:
            if item is None:
                raise _BrokenError(
                    Code.NULL_IN_LIST,
                    "the importer can't store null in a list: leave it out",
                )
            kind = _KINDS[type(item)]
            if kind is Kind.LIST:
                raise _BrokenError(
                    Code.MIXED_TYPES, "the importer can't store a list of lists"
                )
            try:
                if kind is not items.kind:
                    items.settle(kind)
                if kind is Kind.STRING:
                    count += item.count(":")
                elif kind is Kind.STRUCT:
                    count += self._struct(item, items, depth + 1)
            except _BrokenError as error:
                error.path.append("[]")
                raise
        return count

    def _new(self, name: str) -> _Field:
        if not _FIELD_NAME.fullmatch(name):
            raise _BrokenError(
                Code.BAD_FIELD_NAME,
                "the importer takes letters, digits and '_' in a field's name, no "
                "digit first, at most 300",
            )
        self._count += 1
        if self._count > MOST_FIELDS:
            raise _BrokenError(
                Code.TOO_MANY_FIELDS,
                f"the rows have more than {MOST_FIELDS} different fields in all",
            )
        return _Field()
