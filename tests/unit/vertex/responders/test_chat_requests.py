"""
Gemini's requests as chat completions: each is sent to a server that is strict.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest

from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.responders.openai.json_schema import json_schema
from tests.chat_server import ChatServer
from tests.unit.vertex.responders.asking import Files, Json, saying, turn
from tests.unit.vertex.responders.conftest import Ask

PNG = bytes.fromhex("89504e470d0a1a0afbff")
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a place",
    "parameters": {
        "type": "OBJECT",
        "properties": {"place": {"type": "STRING", "nullable": True}},
        "required": ["place"],
    },
}


def test_turns_become_messages_and_roles_are_theirs(ask: Ask, chat: ChatServer) -> None:
    ask(
        {
            "system_instruction": {
                "parts": [{"text": "Be brief."}, {"text": "Rhyme."}]
            },
            "contents": [
                turn({"text": "Hi"}, {"text": "there"}),
                turn({"text": "Hidden", "thought": True}, {"text": "Yo"}, role="model"),
                turn({"text": "Bye"}),
            ],
        }
    )

    (body,) = chat.asked
    assert body == {
        "model": "local-model",
        "stream": False,
        "messages": [
            {"role": "system", "content": "Be brief.\nRhyme."},
            {"role": "user", "content": "Hi\nthere"},
            {"role": "assistant", "content": "Yo"},
            {"role": "user", "content": "Bye"},
        ],
    }


def test_images_go_as_data_wherever_they_are(ask: Ask, chat: ChatServer) -> None:
    data = urlsafe_b64encode(PNG).decode().strip("=")
    inline = {"inline_data": {"mime_type": "image/png", "data": data}}
    stored = {"fileUri": "gs://bucket/shot.png", "mimeType": "image/png"}

    ask(
        {"contents": [turn({"text": "Look"}, inline, {"fileData": stored})]},
        files=Files(shot=PNG),
    )

    image = {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{b64encode(PNG).decode()}"},
    }
    assert chat.asked[0]["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Look"}, image, image]}
    ]


def test_sound_and_text_files_go_as_what_they_are(ask: Ask, chat: ChatServer) -> None:
    sound = {"fileUri": "gs://bucket/song.mp3", "mimeType": "audio/mpeg"}
    note = {"fileUri": "gs://bucket/note.csv", "mimeType": "text/csv; charset=utf-8"}

    ask(
        {"contents": [turn({"fileData": sound}, {"fileData": note})]},
        files=Files(song=b"ID3", note="a,ü".encode()),
    )

    heard = {"data": "SUQz", "format": "mp3"}
    assert chat.asked[0]["messages"][0]["content"] == [
        {"type": "input_audio", "input_audio": heard},
        {"type": "text", "text": "a,ü"},
    ]


@pytest.mark.parametrize(
    ("name", "mime_type", "says"),
    [
        ("gs://bucket/doc.pdf", "application/pdf", "no application/pdf"),
        ("gs://bucket/clip.mp4", "video/mp4", "no video/mp4"),
        ("https://youtu.be/x", "video/mp4", "reaches nobody"),
        ("gs://bucket/gone.png", "image/png", "Cannot fetch content"),
    ],
)
def test_media_that_a_chat_can_t_carry_fail_their_row(
    ask: Ask, chat: ChatServer, name: str, mime_type: str, says: str
) -> None:
    file = {"fileUri": name, "mimeType": mime_type}

    with pytest.raises(RowError, match=says):
        ask({"contents": [turn({"fileData": file})]}, files=Files(doc=b"x", clip=b"x"))

    assert chat.asked == []


def test_what_vertex_itself_refuses_is_not_sent(ask: Ask, chat: ChatServer) -> None:
    with pytest.raises(RowError, match="Please use a valid role: user, model"):
        ask({"contents": [turn({"text": "Hi"}, role="tester")]})
    with pytest.raises(RowError, match="Invalid JSON payload"):
        ask(saying("Hi", generationConfig={"seed": "seven"}))

    assert chat.asked == []


def test_the_configuration_is_translated(ask: Ask, chat: ChatServer) -> None:
    ask(
        saying(
            "Hi",
            generationConfig={
                "temperature": 0.5,
                "top_p": 0.9,
                "topK": 40,
                "maxOutputTokens": "256",
                "stopSequences": ["END"],
                "seed": 7,
                "presencePenalty": 0.1,
                "frequencyPenalty": -0.1,
                "candidateCount": 2,
                "thinkingConfig": {"thinkingBudget": 0},
            },
            safetySettings=[{"category": "HARM_CATEGORY_HARASSMENT"}],
        )
    )

    rest = {k: v for k, v in chat.asked[0].items() if k not in ("messages", "model")}
    assert rest == {
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 256,
        "stop": ["END"],
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.1,
        "n": 2,
        "stream": False,
    }


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


@pytest.mark.parametrize(
    ("mode", "allowed", "choice", "names"),
    [
        (None, None, "auto", ["get_weather", "get_time"]),
        ("AUTO", None, "auto", ["get_weather", "get_time"]),
        ("NONE", None, "none", ["get_weather", "get_time"]),
        ("ANY", None, "required", ["get_weather", "get_time"]),
        (
            "ANY",
            ["get_time"],
            {"type": "function", "function": {"name": "get_time"}},
            ["get_time"],
        ),
    ],
)
def test_functions_become_tools(
    ask: Ask, chat: ChatServer, mode: Any, allowed: Any, choice: Any, names: list[str]
) -> None:
    config = {"mode": mode, "allowedFunctionNames": allowed}

    ask(
        saying(
            "Hi",
            tools=[{"functionDeclarations": [WEATHER, {"name": "get_time"}]}],
            toolConfig={"functionCallingConfig": config},
        )
    )

    (body,) = chat.asked
    assert body["tool_choice"] == choice
    assert [tool["function"]["name"] for tool in body["tools"]] == names
    if "get_weather" in names:
        assert body["tools"][0]["function"]["parameters"] == {
            "type": "object",
            "required": ["place"],
            "properties": {"place": {"type": ["string", "null"]}},
        }


def test_tools_that_are_no_functions_are_left_out(ask: Ask, chat: ChatServer) -> None:
    ask(saying("Hi", tools=[{"googleSearch": {"excludeDomains": ["a.b"]}}]))

    assert "tools" not in chat.asked[0]


def test_calls_and_their_results_find_each_other(ask: Ask, chat: ChatServer) -> None:
    def call(place: str) -> Json:
        return {"functionCall": {"name": "get_weather", "args": {"place": place}}}

    def result(weather: str) -> Json:
        found = {"name": "get_weather", "response": {"is": weather}}
        return {"functionResponse": found}

    ask(
        {
            "contents": [
                turn({"text": "Weather?"}),
                turn(call("Rome"), call("Oslo"), role="model"),
                turn(result("sun"), result("snow"), {"text": "Go on"}, role="function"),
            ]
        }
    )

    _, called, first, second, more = chat.asked[0]["messages"]
    assert called["content"] is None
    assert [each["id"] for each in called["tool_calls"]] == ["call_1", "call_2"]
    assert json.loads(called["tool_calls"][1]["function"]["arguments"]) == {
        "place": "Oslo"
    }
    assert (first["tool_call_id"], json.loads(first["content"])) == (
        "call_1",
        {"is": "sun"},
    )
    assert (second["tool_call_id"], json.loads(second["content"])) == (
        "call_2",
        {"is": "snow"},
    )
    assert more == {"role": "user", "content": "Go on"}


def test_a_result_without_its_call_fails_the_row(ask: Ask) -> None:
    result = {"functionResponse": {"name": "f", "response": {"a": 1}}}

    with pytest.raises(RowError, match="comes immediately after a function call turn"):
        ask({"contents": [turn(result)]})
