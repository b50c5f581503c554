"""
The one schema of a whole file, inferred as the importer does it: BigQuery-style.

Every JSON path has one type over all rows; objects are structs and must have
fields; keys are column names; arrays hold no nulls and no arrays. What breaks a
rule fails the whole job, with the importer's own words.
"""

import re
from types import NoneType
from typing import Any

from localcloud.vertex.knobs import Knobs

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,299}")

_BOOL, _INT, _FLOAT, _TEXT, _STRUCT, _LIST, _SINGLE = (1 << bit for bit in range(7))
_SCALARS = _BOOL | _INT | _FLOAT | _TEXT
_NUMBERS = _INT | _FLOAT

# What a value is in a place of its own, and as an element of a list.
_ELEMENT = {
    bool: _BOOL,
    int: _INT,
    float: _FLOAT,
    str: _TEXT,
    dict: _STRUCT,
    list: _LIST,
    NoneType: 0,
}
_ALONE = {
    kind: bits | _SINGLE if bits and bits != _LIST else bits
    for kind, bits in _ELEMENT.items()
}

_NONE_SEEN = 1 << 62

# name -> the fields of a struct, or None for everything else
Tree = dict[str, "Tree | None"]


class SchemaError(Exception):
    """
    The file has no schema, in the importer's words; `by_query` if it can be loaded
    and not stored.
    """

    def __init__(self, message: str, *, by_query: bool = False) -> None:
        super().__init__(message)
        self.by_query = by_query


class _Node:
    __slots__ = ("depth", "fewest", "fields", "kinds", "lower_names", "name", "parent")

    def __init__(self, name: str, parent: "_Node | None") -> None:
        self.name = name
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.kinds = 0
        self.fields: dict[str, _Node] = {}
        self.lower_names: set[str] = set()
        self.fewest = _NONE_SEEN

    @property
    def path(self) -> str:
        names = []
        node: _Node | None = self
        while node is not None and node.parent is not None:
            names.append(node.name)
            node = node.parent
        return ".".join(reversed(names))


class Inference:
    """
    The schema so far. Rows that were seen are not kept.
    """

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._root = _Node("", None)
        self._field_count = 0

    def see(self, row: dict[str, Any]) -> None:
        """
        One more row, or a SchemaError.
        """
        self._struct(self._root, row)

    def finish(self) -> None:
        """
        No more rows: a struct that never had a field can't be stored.
        """
        self._check_empty(self._root)

    def gaps(self) -> Tree:
        """
        The part of the tree in which some row lacks a field that others have.
        """
        return _gaps(self._root) or {}

    def _struct(self, node: _Node, value: dict[str, Any]) -> None:
        known = node.fields
        if len(value) < node.fewest:
            node.fewest = len(value)
        for name, item in value.items():
            child = known.get(name)
            if child is None:
                child = self._new_field(node, name)
            kind = _ALONE[type(item)]
            if child.kinds & kind != kind:
                self._widen(child, kind)
            if kind & _STRUCT:
                if not item and self._knobs.any_empty_struct_fails:
                    raise _no_fields(child)
                self._struct(child, item)
            elif kind & _LIST:
                self._list(child, item)

    def _list(self, node: _Node, items: list[Any]) -> None:
        for item in items:
            kind = _ELEMENT[type(item)]
            if node.kinds & kind != kind or not kind or kind == _LIST:
                self._check_element(node, kind)
                self._widen(node, kind)
            if kind == _STRUCT:
                if not item and self._knobs.any_empty_struct_fails:
                    raise _no_fields(node)
                self._struct(node, item)

    def _check_element(self, node: _Node, kind: int) -> None:
        if not kind:
            raise SchemaError(
                f"Only optional fields can be set to NULL. Field: {node.name}; "
                "Value: NULL"
            )
        if kind == _LIST:
            raise SchemaError(f"Array specified for non-repeated field: {node.path}.")

    def _new_field(self, parent: _Node, name: str) -> _Node:
        if _NAME.fullmatch(name) is None:
            raise SchemaError(
                f'Invalid field name "{name[:300]}". Fields must contain only '
                "letters, numbers, and underscores, start with a letter or "
                "underscore, and be at most 300 characters long."
            )
        lower = name.lower()
        if lower in parent.lower_names:
            raise SchemaError(f"Duplicate(Case Insensitive) field names: {name}")
        self._field_count += 1
        most = self._knobs.max_fields
        if self._field_count > most:
            raise SchemaError(
                f"Too many total leaf fields: {self._field_count}, "
                f"max allowed field count: {most}"
            )
        parent.lower_names.add(lower)
        child = _Node(name, parent)
        parent.fields[name] = child
        return child

    def _widen(self, node: _Node, kind: int) -> None:
        kinds = node.kinds | kind
        if kinds & _LIST and kinds & _SINGLE:
            raise SchemaError(
                f"Repeated field must be imported as a JSON array. Field: {node.name}."
            )
        scalars = kinds & _SCALARS
        if kinds & _STRUCT and scalars:
            raise SchemaError(f"This field: {node.path} is not a record.")
        one_kind = scalars & (scalars - 1) == 0 or scalars == _NUMBERS
        if not one_kind and self._knobs.mixed_scalars_fail:
            raise SchemaError(
                f"Could not convert value to {_type_name(node.kinds)}. "
                f"Field: {node.path}"
            )
        if kind & _STRUCT and node.depth > self._knobs.max_depth:
            raise SchemaError(
                f"Schema nested too deeply, at least {node.depth} compared to the "
                f"maximum allowed level of {self._knobs.max_depth}"
            )
        node.kinds = kinds

    def _check_empty(self, node: _Node) -> None:
        for child in node.fields.values():
            if child.kinds & _STRUCT and not child.fields:
                raise _no_fields(child)
            self._check_empty(child)


def _no_fields(node: _Node) -> SchemaError:
    return SchemaError(
        f"Cannot store struct '{node.path}' with no fields", by_query=True
    )


def _type_name(kinds: int) -> str:
    for kind, name in ((_TEXT, "string"), (_FLOAT, "double"), (_INT, "integer")):
        if kinds & kind:
            return name
    return "boolean"


def _gaps(node: _Node) -> Tree | None:
    """
    The structs at and below a node that are not the same in all rows; those that are
    and have some below them are without their own fields.
    """
    inner: Tree = {
        name: gaps
        for name, child in node.fields.items()
        if child.kinds & _STRUCT and (gaps := _gaps(child)) is not None
    }
    if node.fewest < len(node.fields):
        return dict.fromkeys(node.fields) | inner
    return inner or None
