"""
A row as it comes back: through the importer, which leaves its marks on it.
"""

from typing import Any, Literal

import msgspec

from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.stages.inference import Tree

# A struct with more fields than this is echoed without nulls: what the service does
# then is unknown, and here it would write the square of a file.
_MOST_NULLS = 200

# The names of a struct's fields, and those that hold structs themselves.
_Shape = tuple[tuple[str, ...], tuple[tuple[str, "_Shape"], ...]]


class Echo:
    """
    Turns an imported row into what the output line repeats of it.
    """

    def __init__(self, schema: dict[str, Any], knobs: Knobs) -> None:
        self._numeric: frozenset[str] = frozenset(schema["numeric"])
        self._shape: _Shape | None = None
        request = schema["fields"].get("request")
        if knobs.echo_nulls and request is not None:
            self._shape = _shape(request)
        order: Literal["sorted"] | None = "sorted" if knobs.echo_sorted else None
        self._encode = msgspec.json.Encoder(order=order).encode

    def beside(self, row: dict[str, Any]) -> dict[str, Any]:
        """
        The keys beside `request`.
        """
        beside = row.copy()
        del beside["request"]
        if self._numeric:
            for name in self._numeric & beside.keys():
                if beside[name] is not None:
                    beside[name] = int(beside[name])
        return beside

    def request(self, request: Any) -> msgspec.Raw:
        """
        The request, which may be changed on the way.
        """
        if self._shape is not None and isinstance(request, dict):
            _fill(request, self._shape)
        return msgspec.Raw(self._encode(request))


def _shape(tree: Tree) -> _Shape:
    nested = tuple((name, _shape(inner)) for name, inner in tree.items() if inner)
    return (tuple(tree) if len(tree) <= _MOST_NULLS else ()), nested


def _fill(value: dict[str, Any], shape: _Shape) -> None:
    """
    Null for every field that other rows have here and this one has not.
    """
    names, nested = shape
    if len(value) < len(names):
        for name in names:
            value.setdefault(name, None)
    for name, inner in nested:
        item = value.get(name)
        if type(item) is dict:
            _fill(item, inner)
        elif type(item) is list:
            for each in item:
                if type(each) is dict:
                    _fill(each, inner)
