"""
Functions, their calls and their results, as chat completions have them.
"""

import json
from typing import Any

import pytest

from localcloud.vertex.answers.row_error import RowError
from tests.chat_server import ChatServer
from tests.unit.vertex.responders.asking import Json, saying, turn
from tests.unit.vertex.responders.conftest import Ask

WEATHER = {
    "name": "get_weather",
    "description": "The weather of a place",
    "parameters": {
        "type": "OBJECT",
        "properties": {"place": {"type": "STRING", "nullable": True}},
        "required": ["place"],
    },
}


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
