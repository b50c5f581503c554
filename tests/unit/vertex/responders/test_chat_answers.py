"""
Chat completions as Gemini's responses: reasons, calls, refusals, tokens.
"""

from typing import Any

import pytest

from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.api.errors import Code
from tests.chat_server import ChatServer, completion
from tests.unit.vertex.responders.asking import NOW, Json, saying, text_of
from tests.unit.vertex.responders.conftest import Ask


def test_an_answer_is_a_whole_response(ask: Ask) -> None:
    assert ask(saying("Hi")) == {
        "candidates": [
            {
                "content": {"parts": [{"text": "You said: Hi"}], "role": "model"},
                "finishReason": "STOP",
            }
        ],
        "createTime": NOW,
        "modelVersion": "some-model",
        "responseId": "chatcmpl-1",
        "usageMetadata": {
            "promptTokenCount": 9,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}],
            "candidatesTokenCount": 3,
            "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 3}],
            "totalTokenCount": 12,
            "trafficType": "ON_DEMAND",
        },
    }


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("stop", "STOP"),
        ("length", "MAX_TOKENS"),
        ("content_filter", "SAFETY"),
        ("tool_calls", "STOP"),
        ("something_new", "OTHER"),
        (None, "OTHER"),
    ],
)
def test_the_reasons_to_end_are_gemini_s(
    ask: Ask, chat: ChatServer, theirs: str | None, ours: str
) -> None:
    chat.answer = lambda body: completion("Hi", finish_reason=theirs)

    assert ask(saying("Hi"))["candidates"][0]["finishReason"] == ours


DEEP = "[" * 200_000


def test_arguments_too_deep_to_be_read_are_a_malformed_call(
    ask: Ask, chat: ChatServer
) -> None:
    call = {"function": {"name": "f", "arguments": DEEP}}
    chat.answer = lambda body: completion(None, tool_calls=[call])

    (candidate,) = ask(saying("Hi"))["candidates"]

    assert candidate["finishReason"] == "MALFORMED_FUNCTION_CALL"
    assert len(candidate["finishMessage"]) < 3_000


def test_a_word_too_deep_to_be_read_is_that_text(ask: Ask, chat: ChatServer) -> None:
    chat.answer = lambda body: completion(DEEP)
    config = {
        "responseMimeType": "text/x.enum",
        "responseSchema": {"type": "STRING", "enum": ["a"]},
    }

    assert text_of(ask(saying("Hi") | {"generationConfig": config})) == DEEP


def test_a_refusal_is_a_candidate_without_content(ask: Ask, chat: ChatServer) -> None:
    chat.answer = lambda body: completion(None, refusal="I can't help with that.")

    assert ask(saying("Hi"))["candidates"] == [
        {"finishReason": "SAFETY", "finishMessage": "I can't help with that."}
    ]


def call(arguments: Any) -> Json:
    function = {"name": "get_weather", "arguments": arguments}
    return {"id": "call_9", "type": "function", "function": function}


@pytest.mark.parametrize(
    ("arguments", "args"),
    [
        ('{"place": "Rome"}', {"place": "Rome"}),
        ({"place": "Rome"}, {"place": "Rome"}),
        ("", {}),
        (None, {}),
    ],
)
def test_a_tool_call_is_a_function_call(
    ask: Ask, chat: ChatServer, arguments: Any, args: Json
) -> None:
    chat.answer = lambda body: completion(
        None, tool_calls=[call(arguments)], finish_reason="tool_calls"
    )

    (candidate,) = ask(saying("Hi"))["candidates"]

    assert candidate["content"]["parts"] == [
        {"functionCall": {"name": "get_weather", "args": args}}
    ]


@pytest.mark.parametrize("arguments", ['{"place": ', "[]", "7"])
def test_a_call_that_can_t_be_read_is_malformed(
    ask: Ask, chat: ChatServer, arguments: str
) -> None:
    chat.answer = lambda body: completion(None, tool_calls=[call(arguments)])

    (candidate,) = ask(saying("Hi"))["candidates"]

    assert candidate["finishReason"] == "MALFORMED_FUNCTION_CALL"
    assert "content" not in candidate


def test_a_word_of_an_enum_comes_without_its_quotes(ask: Ask, chat: ChatServer) -> None:
    chat.answer = lambda body: completion('"yes"')
    schema = {"type": "STRING", "enum": ["yes", "no"]}
    config = {"responseMimeType": "text/x.enum", "responseSchema": schema}

    assert text_of(ask(saying("Hi", generationConfig=config))) == "yes"
    assert text_of(ask(saying("Hi"))) == '"yes"'


def test_thoughts_are_shown_to_whoever_asked_for_them(
    ask: Ask, chat: ChatServer
) -> None:
    chat.answer = lambda body: completion("Yes", reasoning_content="Let me see")
    config = {"thinkingConfig": {"includeThoughts": True}}

    (candidate,) = ask(saying("Hi", generationConfig=config))["candidates"]

    assert candidate["content"]["parts"] == [
        {"text": "Let me see", "thought": True},
        {"text": "Yes"},
    ]
    assert text_of(ask(saying("Hi"))) == "Yes"


def test_several_choices_are_several_candidates(ask: Ask, chat: ChatServer) -> None:
    def two(body: Json) -> Json:
        answer = completion("One")
        return answer | {"choices": answer["choices"] + completion("Two")["choices"]}

    chat.answer = two

    candidates = ask(saying("Hi"))["candidates"]

    assert [each["index"] for each in candidates] == [0, 1]


def test_thoughts_and_cached_tokens_are_counted_apart(
    ask: Ask, chat: ChatServer
) -> None:
    usage = {
        "prompt_tokens": 20,
        "completion_tokens": 10,
        "total_tokens": 30,
        "prompt_tokens_details": {"cached_tokens": 5},
        "completion_tokens_details": {"reasoning_tokens": 4},
    }
    chat.answer = lambda body: completion("Yes") | {"usage": usage}

    found = ask(saying("Hi"))["usageMetadata"]

    assert found["promptTokenCount"] == 20
    assert found["candidatesTokenCount"] == 6
    assert found["thoughtsTokenCount"] == 4
    assert found["cachedContentTokenCount"] == 5
    assert found["totalTokenCount"] == 30


@pytest.mark.parametrize("usage", [None, {}, "many", {"prompt_tokens": -1}])
def test_tokens_that_nobody_counted_are_not_told(
    ask: Ask, chat: ChatServer, usage: Any
) -> None:
    chat.answer = lambda body: completion("Yes") | {"usage": usage}

    assert ask(saying("Hi"))["usageMetadata"] == {"trafficType": "ON_DEMAND"}


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"choices": []},
        {"choices": "some"},
        {"choices": [7]},
        {"choices": [{"message": "Hi"}]},
        {"choices": [{"message": {"content": 7}}]},
        {"choices": [{"message": {"content": "", "tool_calls": 7}}]},
        {"choices": [{"message": {"content": "", "tool_calls": [{}]}}]},
    ],
)
def test_what_is_no_completion_fails_the_row(
    ask: Ask, chat: ChatServer, answer: Any
) -> None:
    chat.answer = lambda body: answer

    with pytest.raises(RowError, match="no chat completion") as failed:
        ask(saying("Hi"))

    assert failed.value.code is Code.INTERNAL
