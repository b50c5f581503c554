"""
What a chat completions request has to be like, as OpenAI's API describes it.

https://platform.openai.com/docs/api-reference/chat/create, for the fields that the
local cloud may send; any other field is refused, as OpenAI's own server does it.
"""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

Json = dict[str, Any]

_TEXT_PART: Json = {
    "type": "object",
    "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
    "required": ["type", "text"],
    "additionalProperties": False,
}
_IMAGE_PART: Json = {
    "type": "object",
    "properties": {
        "type": {"const": "image_url"},
        "image_url": {
            "type": "object",
            "properties": {
                "url": {
                    "type": "string",
                    "pattern": r"^data:image/[a-z+.-]+;base64,[A-Za-z0-9+/]+={0,2}$",
                }
            },
            "required": ["url"],
            "additionalProperties": False,
        },
    },
    "required": ["type", "image_url"],
    "additionalProperties": False,
}
_AUDIO_PART: Json = {
    "type": "object",
    "properties": {
        "type": {"const": "input_audio"},
        "input_audio": {
            "type": "object",
            "properties": {
                "data": {"type": "string", "minLength": 1},
                "format": {"enum": ["wav", "mp3"]},
            },
            "required": ["data", "format"],
            "additionalProperties": False,
        },
    },
    "required": ["type", "input_audio"],
    "additionalProperties": False,
}


def _message(role: str, content: Json, **more: Json) -> Json:
    return {
        "type": "object",
        "properties": {"role": {"const": role}, "content": content, **more},
        "required": ["role", "content", *(k for k in more if k == "tool_call_id")],
        "additionalProperties": False,
    }


_SOME_TEXT: Json = {"type": "string", "minLength": 1}
_CALLS: Json = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {
            "id": _SOME_TEXT,
            "type": {"const": "function"},
            "function": {
                "type": "object",
                "properties": {"name": _SOME_TEXT, "arguments": {"type": "string"}},
                "required": ["name", "arguments"],
                "additionalProperties": False,
            },
        },
        "required": ["id", "type", "function"],
        "additionalProperties": False,
    },
}
_PARTS = {"type": "array", "minItems": 1}
_PARTS["items"] = {"oneOf": [_TEXT_PART, _IMAGE_PART, _AUDIO_PART]}
_SCHEMA: Json = {"type": "object"}

REQUEST: Json = {
    "type": "object",
    "properties": {
        "model": _SOME_TEXT,
        "messages": {
            "type": "array",
            "minItems": 1,
            "items": {
                "oneOf": [
                    _message("system", _SOME_TEXT),
                    _message("user", {"oneOf": [_SOME_TEXT, _PARTS]}),
                    _message(
                        "assistant", {"type": ["string", "null"]}, tool_calls=_CALLS
                    ),
                    _message("tool", {"type": "string"}, tool_call_id=_SOME_TEXT),
                ]
            },
        },
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
        "top_p": {"type": "number", "minimum": 0, "maximum": 1},
        "max_tokens": {"type": "integer", "minimum": 1},
        "n": {"type": "integer", "minimum": 1, "maximum": 128},
        "stop": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "seed": {"type": "integer"},
        "presence_penalty": {"type": "number", "minimum": -2, "maximum": 2},
        "frequency_penalty": {"type": "number", "minimum": -2, "maximum": 2},
        "stream": {"const": False},
        "response_format": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"type": {"const": "json_object"}},
                    "required": ["type"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": "json_schema"},
                        "json_schema": {
                            "type": "object",
                            "properties": {
                                "name": {"pattern": "^[a-zA-Z0-9_-]{1,64}$"},
                                "schema": _SCHEMA,
                            },
                            "required": ["name", "schema"],
                            "additionalProperties": False,
                        },
                    },
                    "required": ["type", "json_schema"],
                    "additionalProperties": False,
                },
            ]
        },
        "tools": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "type": {"const": "function"},
                    "function": {
                        "type": "object",
                        "properties": {
                            "name": {"pattern": "^[a-zA-Z0-9_-]{1,64}$"},
                            "description": {"type": "string"},
                            "parameters": _SCHEMA,
                        },
                        "required": ["name"],
                        "additionalProperties": False,
                    },
                },
                "required": ["type", "function"],
                "additionalProperties": False,
            },
        },
        "tool_choice": {
            "oneOf": [
                {"enum": ["none", "auto", "required"]},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": "function"},
                        "function": {
                            "type": "object",
                            "properties": {"name": _SOME_TEXT},
                            "required": ["name"],
                            "additionalProperties": False,
                        },
                    },
                    "required": ["type", "function"],
                    "additionalProperties": False,
                },
            ]
        },
    },
    "required": ["model", "messages"],
    "dependentRequired": {"tool_choice": ["tools"]},
    "additionalProperties": False,
}
_CHECK = jsonschema_rs.Draft202012Validator(REQUEST)


def problems(body: Any) -> list[str]:
    """
    What is wrong with a request; nothing if it is right.
    """
    found = [error.message for error in _CHECK.iter_errors(body)]
    return found or [*_calls_without_results(body), *_bad_schemas(body)]


def _calls_without_results(body: Json) -> Iterator[str]:
    waiting: set[str] = set()
    for message in body["messages"]:
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                yield f"no call has the id {message['tool_call_id']!r}"
            waiting.discard(message["tool_call_id"])
            continue
        if waiting:
            yield f"calls {waiting} were not followed by their results"
        waiting = {call["id"] for call in message.get("tool_calls", [])}


def _bad_schemas(body: Json) -> Iterator[str]:
    asked = body.get("response_format", {})
    schemas = [asked["json_schema"]["schema"]] if "json_schema" in asked else []
    schemas += [
        tool["function"]["parameters"]
        for tool in body.get("tools", [])
        if "parameters" in tool["function"]
    ]
    for schema in schemas:
        try:
            jsonschema_rs.Draft202012Validator(schema)
        except jsonschema_rs.ValidationError as error:
            yield f"a bad schema: {error.message}"
