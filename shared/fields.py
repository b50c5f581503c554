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


class Fields:
    """The fields of a file, learnt row by row; memory is bounded by MOST_FIELDS."""

    def __init__(self) -> None:
        self._root = _Field()
        self._root.kind = Kind.STRUCT
        self._count = 0

    def learn(self, row: dict[str, Any]) -> int:
        """
        Hold a row against all before it and return how many members its
        objects have in all. Raises RowError with the path that breaks a rule.
        """
        return self._struct(row, self._root, 0, ())

    def _struct(
        self, value: dict[str, Any], field: _Field, depth: int, path: tuple[str, ...]
    ) -> int:
        if not value:
            raise RowError(
                Code.EMPTY_STRUCT,
                "the importer can't store an object without fields: leave it out",
                path=_path(path),
            )
        if depth > DEEPEST:
            raise RowError(
                Code.TOO_DEEP,
                f"objects are nested deeper than the importer's {DEEPEST} levels",
                path=_path(path),
            )
        count = len(value)
        members = field.members
        for name, child in value.items():
            known = members.get(name)
            if known is None:
                known = members[name] = self._new(name, path)
            if child is None:
                continue
            kind = _KINDS[type(child)]
            if kind is not known.kind:
                self._settle(known, kind, (*path, name))
            if kind is Kind.STRUCT:
                count += self._struct(child, known, depth + 1, (*path, name))
            elif kind is Kind.LIST:
                count += self._list(child, known, depth, (*path, name))
        return count

    def _list(
        self, value: list[Any], field: _Field, depth: int, path: tuple[str, ...]
    ) -> int:
        if field.items is None:
            field.items = _Field()
        items, count = field.items, 0
        for item in value:
            if item is None:
                raise RowError(
                    Code.NULL_IN_LIST,
                    "the importer can't store null in a list: leave it out",
                    path=_path(path),
                )
            kind = _KINDS[type(item)]
            if kind is not items.kind:
                self._settle(items, kind, (*path, "[]"))
            if kind is Kind.STRUCT:
                count += self._struct(item, items, depth + 1, (*path, "[]"))
            elif kind is Kind.LIST:
                raise RowError(
                    Code.MIXED_TYPES,
                    "the importer can't store a list of lists",
                    path=_path(path),
                )
        return count

    def _new(self, name: str, path: tuple[str, ...]) -> _Field:
        if not _FIELD_NAME.fullmatch(name):
            raise RowError(
                Code.BAD_FIELD_NAME,
                "the importer takes letters, digits and '_' in a field's name, no "
                "digit first, at most 300",
                path=_path(path),
            )
        self._count += 1
        if self._count > MOST_FIELDS:
            raise RowError(
                Code.TOO_MANY_FIELDS,
                f"the rows have more than {MOST_FIELDS} different fields in all",
                path=_path(path),
            )
        return _Field()

    @staticmethod
    def _settle(field: _Field, kind: Kind, path: tuple[str, ...]) -> None:
        if field.kind is not None:
            raise RowError(
                Code.MIXED_TYPES,
                f"this is {_WORDS[kind]}, in an earlier row it was "
                f"{_WORDS[field.kind]}: the importer wants one type for a whole file",
                path=_path(path),
            )
        field.kind = kind


def _path(path: tuple[str, ...]) -> str:
    # Only names that passed the name rule get into a path, so it is safe to show.
    return "$" + "".join(p if p == "[]" else f".{p}" for p in path)
