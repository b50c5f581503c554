"""
Values for response schemas, held against an independent validator.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.vertex.answers.choices import Choices
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.answers.schema_values import maker
from tests.unit.vertex.some_schemas import SCHEMAS

PROMPT = "Extract the ship's name, her tonnage and every port she called at in 1852."


def values(schema: Mapping[str, Any], count: int = 20) -> list[Any]:
    make = maker(dict(schema))
    return [make(Choices(PROMPT, str(n)), 0) for n in range(count)]


def json_schema(schema: Any) -> Any:
    """
    The JSON Schema that means the same as a schema of OpenAPI's subset.
    """
    if isinstance(schema, list):
        return [json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for name, value in schema.items():
        camel = re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
        match camel:
            case "type":
                out["type"] = value.lower() if isinstance(value, str) else value
            case "properties" | "$defs":
                out[camel] = {key: json_schema(each) for key, each in value.items()}
            case "items" | "anyOf" | "oneOf" | "allOf" | "prefixItems":
                out[camel] = json_schema(value)
            case "nullable" | "propertyOrdering":
                pass
            case "required":
                # JSON Schema has each once; Gemini says nothing of it.
                out["required"] = list(dict.fromkeys(value))
            case "minItems" | "maxItems" | "minLength" | "maxLength":
                out[camel] = int(value)
            case _:
                out[camel] = value
    if schema.get("nullable"):
        return {"anyOf": [out, {"type": "null"}]}
    return out


def check(schema: Mapping[str, Any], count: int = 20) -> list[Any]:
    """
    Make values, and fail for one that the schema does not allow.
    """
    made = values(schema, count)
    validator = jsonschema_rs.Draft202012Validator(
        json_schema(schema), validate_formats=True
    )
    for value in made:
        validator.validate(json.loads(json.dumps(value)))
    return made


@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
def test_values_are_valid(schema: dict[str, Any]) -> None:
    check(schema)


def test_values_are_the_same_for_the_same_prompt_and_differ_for_others() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert values(schema) == values(schema)
    assert len({json.dumps(value) for value in values(schema)}) > 3


def test_text_is_made_of_the_prompts_words() -> None:
    for value in values({"type": "STRING"}):
        assert value in PROMPT


def test_properties_come_in_the_order_that_was_asked_for() -> None:
    schema = {
        "type": "OBJECT",
        "properties": {name: {"type": "STRING"} for name in "abcd"},
        "propertyOrdering": ["d", "b"],
    }
    assert list(values(schema)[0]) == ["d", "b", "a", "c"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "TUPLE"},
        {"type": "object", "properties": ["a"]},
        {"type": "object", "properties": {"a": "text"}},
        {"type": "array", "items": {"type": "string"}, "minItems": "many"},
        {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 1},
        {"type": "string", "enum": "red"},
        {"type": "object", "required": 7},
        {"type": "integer", "enum": ["one"]},
        {"anyOf": "both"},
        {"$ref": "#/$defs/none"},
        {"type": "integer", "minimum": [1]},
        {"allOf": ["x"]},
    ],
    ids=json.dumps,
)
def test_what_is_no_schema_fails_the_row(schema: dict[str, Any]) -> None:
    with pytest.raises(RowError, match="response_schema"):
        values(schema)


def test_a_schema_that_never_ends_fails_the_row() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(100):
        deep = {"type": "array", "items": deep}
    endless = {
        "$ref": "#/$defs/a",
        "$defs": {"a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}},
    }
    endless["$defs"]["a"]["required"] = ["a"]  # type: ignore[index]  # a test's own data
    for schema in (deep, endless):
        with pytest.raises(RowError):
            values(schema)


_TYPES = st.sampled_from(["lower", "UPPER"])


@st.composite
def _schemas(draw: st.DrawFn, depth: int = 3) -> dict[str, Any]:
    kinds = ["string", "integer", "number", "boolean"]
    kind = draw(st.sampled_from([*kinds, "array", "object"] if depth else kinds))
    schema: dict[str, Any] = {}
    schema["type"] = kind.upper() if draw(_TYPES) == "UPPER" else kind
    if draw(st.booleans()):
        schema["nullable"] = draw(st.booleans())
    match kind:
        case "string" if draw(st.booleans()):
            schema["enum"] = draw(st.lists(st.text(), min_size=1, max_size=4))
        case "string":
            low = draw(st.integers(0, 100))
            schema |= {"minLength": low, "maxLength": low + draw(st.integers(0, 50))}
        case "integer" | "number":
            low = draw(st.integers(-(10**9), 10**9))
            schema["minimum"] = low
            if draw(st.booleans()):
                schema["maximum"] = low + draw(st.integers(0, 10**6))
        case "array":
            schema["items"] = draw(_schemas(depth - 1))
            low = draw(st.integers(0, 4))
            schema |= {"minItems": low, "maxItems": low + draw(st.integers(0, 4))}
        case "object":
            names = draw(st.lists(st.from_regex("[a-z]{1,5}", fullmatch=True)))
            schema["properties"] = {name: draw(_schemas(depth - 1)) for name in names}
            schema["required"] = names[: len(names) // 2]
    return schema


@settings(max_examples=200, deadline=None)
@given(_schemas())
def test_values_of_any_schema_are_valid(schema: dict[str, Any]) -> None:
    check(schema, count=3)
