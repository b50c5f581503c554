"""
A schema for the answer, as chat completions have it.
"""

from typing import Any

import pytest

from localcloud.vertex.responders.openai.json_schema import json_schema
from tests.chat_server import ChatServer
from tests.unit.vertex.responders.asking import Json, saying
from tests.unit.vertex.responders.conftest import Ask


@pytest.mark.parametrize(
    ("config", "asked_for"),
    [
        ({"responseMimeType": "application/json"}, {"type": "json_object"}),
        ({"responseMimeType": "text/plain"}, None),
        (
            {
                "response_mime_type": "application/json",
                "response_schema": {
                    "type": "OBJECT",
                    "properties": {
                        "b": {"type": "INTEGER", "format": "int32"},
                        "a": {"type": "ARRAY", "minItems": "1"},
                    },
                    "propertyOrdering": ["a", "b"],
                },
            },
            {
                "type": "object",
                "properties": {
                    "a": {"type": "array", "minItems": 1},
                    "b": {"type": "integer"},
                },
            },
        ),
        (
            {
                "responseMimeType": "application/json",
                "responseJsonSchema": {"type": "object", "additionalProperties": False},
            },
            {"type": "object", "additionalProperties": False},
        ),
        (
            {
                "responseMimeType": "text/x.enum",
                "responseSchema": {"enum": ["yes", "no"], "format": "enum"},
            },
            {"enum": ["yes", "no"]},
        ),
    ],
)
def test_a_response_schema_is_asked_for(
    ask: Ask, chat: ChatServer, config: Json, asked_for: Any
) -> None:
    ask(saying("Hi", generationConfig=config))

    found = chat.asked[0].get("response_format")
    if asked_for is None or asked_for == {"type": "json_object"}:
        assert found == asked_for
    else:
        assert found == {
            "type": "json_schema",
            "json_schema": {"name": "response", "schema": asked_for},
        }
        # The order of the properties is the order of the answer's keys.
        properties = found["json_schema"]["schema"].get("properties", {})
        assert list(properties) == list(asked_for.get("properties", {}))


@pytest.mark.parametrize(
    ("schema", "same"),
    [
        ({"type": "STRING", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"type": "STRING", "enum": ["a"], "nullable": True},
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
        ),
        (
            {"anyOf": [{"type": "NUMBER"}, {"type": "NULL"}], "title": "T"},
            {"title": "T", "anyOf": [{"type": "number"}, {"type": "null"}]},
        ),
        (
            {"defs": {"x": {"type": "STRING"}}, "items": {"ref": "#/defs/x"}},
            {"$defs": {"x": {"type": "string"}}, "items": {"$ref": "#/$defs/x"}},
        ),
        ({"format": "date-time"}, {"format": "date-time"}),
        ({"format": "int32"}, {}),
        ({"type": "TYPE_UNSPECIFIED", "min_length": 2}, {"minLength": 2}),
    ],
)
def test_a_schema_says_the_same_as_json_schema(schema: Json, same: Json) -> None:
    assert json_schema(schema) == same
