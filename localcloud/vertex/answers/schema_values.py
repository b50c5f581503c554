"""
Values that are valid for a response schema: OpenAPI's subset, or JSON Schema.

A schema is read once into a maker; the same choices always make the same value.
"""

from collections.abc import Callable
from typing import Any

from localcloud.vertex.answers.choices import Choices
from localcloud.vertex.answers.fields import Json, field
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.answers.scalars import (
    number_maker,
    schema_number,
    string_maker,
)

# Past this depth a value holds only what it must: a schema may contain itself.
_SHALLOW = 6
_DEEPEST = 40

Make = Callable[[Choices, int], Any]


def maker(schema: Json) -> Make:
    """
    What makes values of the schema; a RowError if it is none.
    """
    try:
        return _Compiler(schema).compile(schema)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _bad_schema("it is not a schema") from error


class _Compiler:
    def __init__(self, root: Json) -> None:
        self._root = root
        self._referred: dict[str, Make] = {}
        self._depth = 0

    def compile(self, schema: Any) -> Make:
        if schema is True or schema == {}:
            return _any_text
        if not isinstance(schema, dict):
            raise _bad_schema("it must be an object")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _bad_schema("it is nested too deeply")
        try:
            return self._compile(schema)
        finally:
            self._depth -= 1

    def _compile(self, schema: Json) -> Make:
        if "$ref" in schema:
            return self._reference(str(schema["$ref"]))
        if "const" in schema:
            constant = schema["const"]
            return lambda choices, depth: constant
        options = field(schema, "anyOf") or schema.get("oneOf")
        if options:
            return self._any_of(options, schema)
        if isinstance(schema.get("allOf"), list):
            return self.compile(_merged(schema))
        kinds = _kinds(schema)
        if schema.get("enum"):
            return _enum_maker(schema["enum"], kinds)
        kind = next((name for name in kinds if name != "null"), "null")
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema)
            case "string":
                return string_maker(schema)
            case "integer" | "number":
                return number_maker(schema, whole=kind == "integer")
            case "boolean":
                return lambda choices, depth: bool(choices.below(2))
            case "null":
                return lambda choices, depth: None
        raise _bad_schema(f"unknown type {kind.upper()}")

    def _object(self, schema: Json) -> Make:
        properties = schema.get("properties") or {}
        if not isinstance(properties, dict):
            raise _bad_schema("properties must be an object")
        required = schema.get("required") or []
        extra = [name for name in required if name not in properties]
        order = [
            name
            for name in (field(schema, "propertyOrdering") or [])
            if name in properties
        ]
        order += [name for name in properties if name not in order]
        makers = [
            (name, self.compile(properties[name]), name in required) for name in order
        ]
        makers += [(name, _any_text, True) for name in extra]

        def make(choices: Choices, depth: int) -> Any:
            deeper = depth + 1
            return {
                name: make_one(choices, deeper)
                for name, make_one, needed in makers
                if needed or depth < _SHALLOW
            }

        return make

    def _array(self, schema: Json) -> Make:
        first = [self.compile(item) for item in field(schema, "prefixItems") or []]
        items = schema.get("items")
        rest: Make | None = _any_text if items is None else None
        if isinstance(items, dict):
            rest = self.compile(items)
        least = int(schema_number(schema, "minItems", 0))
        most = int(schema_number(schema, "maxItems", max(3, least, len(first))))
        if least > most:
            raise _bad_schema("minItems is greater than maxItems")
        if rest is None:
            most = min(most, len(first))

        def make(choices: Choices, depth: int) -> Any:
            usual = max(least, min(most, 1)) if depth < _SHALLOW else least
            count = usual + choices.below(max(1, min(most, usual + 3) - usual))
            return [
                (first[number] if number < len(first) else rest or _any_text)(
                    choices, depth + 1
                )
                for number in range(count)
            ]

        return make

    def _any_of(self, options: Any, schema: Json) -> Make:
        if not isinstance(options, list):
            raise _bad_schema("anyOf must be a list")
        beside = {
            name: value
            for name, value in schema.items()
            if name not in ("anyOf", "any_of", "oneOf", "description", "title")
        }
        made = [
            (_kinds(option) == ["null"], self.compile({**beside, **option}))
            for option in options
            if isinstance(option, dict)
        ]
        values = [make for is_null, make in made if not is_null]
        if not values or any(is_null for is_null, _ in made):
            nulls: Make = lambda choices, depth: None  # noqa: E731 (one of two)
            return lambda choices, depth: (
                values[0] if values and depth < _SHALLOW else nulls
            )(choices, depth)
        return lambda choices, depth: (
            choices.one_of(values) if depth < _SHALLOW else values[0]
        )(choices, depth)

    def _reference(self, reference: str) -> Make:
        def make(choices: Choices, depth: int) -> Any:
            if depth > _DEEPEST:
                raise _bad_schema(f"{reference} never ends")
            target = self._referred.get(reference)
            if target is None:
                target = self._referred[reference] = self.compile(
                    _resolve(self._root, reference)
                )
            return target(choices, depth)

        return make


def _any_text(choices: Choices, depth: int) -> Any:
    return choices.words(3)


def _kinds(schema: Json) -> list[str]:
    """
    The types a value may have, in lower case; guessed if none is given.
    """
    kind = schema.get("type")
    if isinstance(kind, list):
        return [str(each).lower() for each in kind]
    if isinstance(kind, str) and kind != "TYPE_UNSPECIFIED":
        return [kind.lower()]
    if "properties" in schema:
        return ["object"]
    return ["array"] if "items" in schema else ["string"]


def _enum_maker(values: Any, kinds: list[str]) -> Make:
    if not isinstance(values, list):
        raise _bad_schema("enum must be a list")
    wanted = [value for value in values if value is not None] or [None]
    if set(kinds) & {"integer", "number"}:
        # OpenAPI's subset writes every enum as text.
        wanted = [float(v) if isinstance(v, str) and "." in v else v for v in wanted]
        wanted = [int(v) if isinstance(v, str) else v for v in wanted]
    return lambda choices, depth: choices.one_of(wanted)


def _merged(schema: Json) -> Json:
    merged = {name: value for name, value in schema.items() if name != "allOf"}
    for part in schema["allOf"]:
        if not isinstance(part, dict):
            raise _bad_schema("allOf must hold objects")
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", []), *part.get("required", [])]
        merged |= part
        if properties:
            merged["properties"] = properties
        if required:
            merged["required"] = required
    return merged


def _resolve(root: Json, reference: str) -> Any:
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if name and not (isinstance(found, dict) and name in found):
            raise _bad_schema(f"{reference} refers to nothing")
        found = found[name] if name else found
    return found


def _bad_schema(reason: str) -> RowError:
    return RowError(
        "The GenerateContentRequest proto is invalid: "
        f"* generation_config.response_schema: [FIELD_INVALID] {reason}"
    )
