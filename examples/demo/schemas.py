"""Short ways to write a response schema or a function's parameters."""

from typing import Any

Schema = dict[str, Any]


def string(description: str = "", *, among: tuple[str, ...] = ()) -> Schema:
    """A string; `among` makes it an enum."""
    schema = _described("STRING", description)
    return schema | {"format": "enum", "enum": list(among)} if among else schema


def integer(description: str = "") -> Schema:
    """A whole number."""
    return _described("INTEGER", description)


def number(description: str = "") -> Schema:
    """A number."""
    return _described("NUMBER", description)


def boolean(description: str = "") -> Schema:
    """True or false."""
    return _described("BOOLEAN", description)


def array(items: Schema, description: str = "") -> Schema:
    """A list of `items`."""
    return _described("ARRAY", description) | {"items": items}


def struct(*, optional: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object; every property not named in `optional` is required."""
    return {
        "type": "OBJECT",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "propertyOrdering": list(properties),
    }


def _described(type_: str, description: str) -> Schema:
    # The importer of a batch takes no empty field, so no description is none at all.
    return {"type": type_} | ({"description": description} if description else {})
