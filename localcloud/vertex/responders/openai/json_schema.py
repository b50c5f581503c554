"""
Gemini's schemas, which are OpenAPI's, as JSON Schema.
"""

from typing import Any

from localcloud.vertex.answers.fields import Json, field

# The same in both, under the same name; numbers may come as text.
_SAME = ("title", "description", "default", "pattern", "enum", "required")
_NUMBERS = (
    *("minItems", "maxItems", "minLength", "maxLength"),
    *("minProperties", "maxProperties", "minimum", "maximum"),
)


def json_schema(schema: Json) -> Json:
    """
    The JSON Schema that says the same, as far as JSON Schema can say it.
    """
    found: Json = {}
    kind = field(schema, "type")
    if isinstance(kind, list):
        found["type"] = [str(each).lower() for each in kind]
    elif isinstance(kind, str) and kind.upper() != "TYPE_UNSPECIFIED":
        found["type"] = kind.lower()
    for name in _SAME:
        if field(schema, name) is not None:
            found[name] = field(schema, name)
    for name in _NUMBERS:
        if field(schema, name) is not None:
            found[name] = _number(field(schema, name))
    # Google's formats `enum`, `int32`, … are none of JSON Schema's, and servers that
    # make grammars of schemas refuse what they don't know.
    if field(schema, "format") in ("date-time", "date", "time"):
        found["format"] = schema["format"]
    _nested(schema, found)
    return _nullable(found) if field(schema, "nullable") is True else found


def _nested(schema: Json, found: Json) -> None:
    properties = field(schema, "properties")
    if isinstance(properties, dict):
        order = field(schema, "propertyOrdering") or []
        names = [name for name in order if name in properties]
        names += [name for name in properties if name not in names]
        # The order of keys is the order that a grammar makes.
        found["properties"] = {name: _inner(properties[name]) for name in names}
    items = field(schema, "items")
    if items is not None:
        found["items"] = _inner(items)
    options = field(schema, "anyOf")
    if isinstance(options, list):
        found["anyOf"] = [_inner(option) for option in options]
    more = field(schema, "additionalProperties")
    if more is not None:
        found["additionalProperties"] = _inner(more)
    for name in ("$ref", "ref"):
        if isinstance(schema.get(name), str):
            found["$ref"] = schema[name].replace("#/defs/", "#/$defs/")
    for name in ("$defs", "defs"):
        if isinstance(schema.get(name), dict):
            found["$defs"] = {key: _inner(each) for key, each in schema[name].items()}


def _inner(schema: Any) -> Any:
    return json_schema(schema) if isinstance(schema, dict) else schema


def _nullable(found: Json) -> Json:
    if "type" not in found or "enum" in found:
        return {"anyOf": [found, {"type": "null"}]}
    kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
    return found | {"type": [*kinds, *({"null"} - set(kinds))]}


def _number(value: Any) -> Any:
    # int64 is text in JSON of protobuf messages.
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return value
