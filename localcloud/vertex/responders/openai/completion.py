"""
A chat completion as a GenerateContentResponse.
"""

import json
from typing import Any

from localcloud.vertex.answers.answer import Asked, short_name
from localcloud.vertex.answers.fields import Json, field, json_object
from localcloud.vertex.responders.openai.parameters import wants_enum
from localcloud.vertex.responders.responses import response_id

_REASONS = {
    "stop": "STOP",
    "tool_calls": "STOP",
    "function_call": "STOP",
    "length": "MAX_TOKENS",
    "content_filter": "SAFETY",
}


_QUOTED = 2_000


class NoCompletionError(ValueError):
    """
    What the server said is no chat completion; the message says what is wrong.
    """


def response(completion: Any, asked: Asked, *, text_alone: bool) -> Json:
    """
    The response that says what the completion says.

    Tokens are told as the server counted them, and not at all if it did not.
    """
    if not isinstance(completion, dict):
        raise NoCompletionError("it is no JSON object")
    choices = completion.get("choices")
    if not isinstance(choices, list) or not choices:
        raise NoCompletionError("it has no choices")
    reader = _Candidates(asked.request)
    candidates = [reader.candidate(choice) for choice in choices]
    if len(candidates) > 1:
        for index, candidate in enumerate(candidates):
            candidate["index"] = index
    name = completion.get("id")
    model = completion.get("model")
    return {
        "candidates": candidates,
        "createTime": asked.create_time,
        "modelVersion": model if isinstance(model, str) else short_name(asked.model),
        "responseId": name
        if isinstance(name, str) and name
        else response_id(json.dumps(choices), asked.create_time),
        "usageMetadata": _usage(completion.get("usage"), text_alone=text_alone),
    }


class _Candidates:
    def __init__(self, request: Json) -> None:
        config = json_object(request, "generationConfig")
        thinking = json_object(config, "thinkingConfig")
        self._thoughts = field(thinking, "includeThoughts") is True
        self._enum = wants_enum(request)

    def candidate(self, choice: Any) -> Json:
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(message, dict):
            raise NoCompletionError("a choice has no message")
        refusal = message.get("refusal")
        if isinstance(refusal, str) and refusal:
            return {"finishReason": "SAFETY", "finishMessage": refusal}
        reason = _REASONS.get(str(choice.get("finish_reason")), "OTHER")
        try:
            parts = [*self._texts(message), *_called(message)]
        except _BadCallError as error:
            return {
                "finishReason": "MALFORMED_FUNCTION_CALL",
                "finishMessage": f"Malformed function call: {error}",
            }
        candidate: Json = {"finishReason": reason}
        if parts:
            candidate["content"] = {"parts": parts, "role": "model"}
        return candidate

    def _texts(self, message: Json) -> list[Json]:
        parts = []
        thought = message.get("reasoning_content") or message.get("reasoning")
        if self._thoughts and isinstance(thought, str) and thought:
            parts.append({"text": thought, "thought": True})
        text = _content(message.get("content"))
        if text:
            parts.append({"text": _unquoted(text) if self._enum else text})
        return parts


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, list):
        return "".join(
            text
            for each in content
            if isinstance(each, dict) and isinstance(text := each.get("text"), str)
        )
    raise NoCompletionError("a message's content is no text")


def _unquoted(text: str) -> str:
    """
    A word of an enum, which a server that was given a schema has put into quotes.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str) else text


class _BadCallError(Exception):
    pass


def _called(message: Json) -> list[Json]:
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise NoCompletionError("a message's tool_calls are no list")
    parts = []
    for call in calls:
        function = call.get("function") if isinstance(call, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(function, dict) or not isinstance(name, str):
            raise NoCompletionError("a tool call names no function")
        parts.append({"functionCall": {"name": name, "args": _arguments(function)}})
    return parts


def _arguments(function: Json) -> Json:
    given = function.get("arguments")
    # Some servers give the object itself, and nothing where there are none.
    if isinstance(given, dict):
        return given
    try:
        arguments = json.loads(given) if given else {}
    except (TypeError, ValueError, RecursionError) as error:
        raise _bad_call(function) from error
    if not isinstance(arguments, dict):
        raise _bad_call(function)
    return arguments


def _bad_call(function: Json) -> _BadCallError:
    return _BadCallError(f"{function['name']}({function['arguments']})"[:_QUOTED])


def _usage(usage: Any, *, text_alone: bool) -> Json:
    found: Json = {"trafficType": "ON_DEMAND"}
    if not isinstance(usage, dict):
        return found
    heard = _count(usage, "prompt_tokens")
    said = _count(usage, "completion_tokens")
    total = _count(usage, "total_tokens")
    thought = _count(_object(usage, "completion_tokens_details"), "reasoning_tokens")
    cached = _count(_object(usage, "prompt_tokens_details"), "cached_tokens")
    if heard is not None:
        found["promptTokenCount"] = heard
        if text_alone:
            found["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": heard}]
    if said is not None:
        # Thoughts are counted among the answer there, and beside it here.
        spoken = max(0, said - (thought or 0))
        found["candidatesTokenCount"] = spoken
        found["candidatesTokensDetails"] = [{"modality": "TEXT", "tokenCount": spoken}]
    if thought:
        found["thoughtsTokenCount"] = thought
    if cached:
        found["cachedContentTokenCount"] = cached
    if total is None and heard is not None and said is not None:
        total = heard + said
    if total is not None:
        found["totalTokenCount"] = total
    return found


def _object(of: Json, name: str) -> Json:
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def _count(of: Json, name: str) -> int | None:
    value = of.get(name)
    return value if type(value) is int and value >= 0 else None
