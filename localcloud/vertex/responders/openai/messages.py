"""
A Gemini conversation as the messages of a chat.
"""

import json
from base64 import b64decode, b64encode
from collections import deque
from typing import Any

from localcloud.vertex.answers.fields import Json, field, json_object, objects
from localcloud.vertex.answers.prompt import Media
from localcloud.vertex.answers.row_error import RowError

# What of audio the chat format has a name for.
_AUDIO = {
    "audio/mp3": "mp3",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
}
_URL_SAFE = str.maketrans("-_", "+/")


def messages(request: Json, media: Media) -> list[Json]:
    """
    The messages of a request that was found valid; a RowError for media that a chat
    can't carry or nobody here can read.
    """
    said = _System(request).messages
    calls = _Calls()
    for content in objects(request, "contents"):
        parts = objects(content, "parts")
        if content.get("role") == "model":
            said += _assistant(parts, calls)
        else:
            said += _user(parts, media, calls)
    return said


class _System:
    def __init__(self, request: Json) -> None:
        parts = objects(json_object(request, "systemInstruction"), "parts")
        text = "\n".join(t for part in parts if isinstance(t := part.get("text"), str))
        self.messages = [{"role": "system", "content": text}] if text else []


class _Calls:
    """
    Function calls and their results find each other by id, else by name and order.
    """

    def __init__(self) -> None:
        self._count = 0
        self._open: dict[str, deque[str]] = {}

    def called(self, call: Json) -> str:
        self._count += 1
        name = str(call.get("id") or f"call_{self._count}")
        self._open.setdefault(str(call.get("name")), deque()).append(name)
        return name

    def answered(self, result: Json) -> str:
        waiting = self._open.get(str(result.get("name")), deque())
        given = result.get("id")
        if given:
            if given in waiting:
                waiting.remove(given)
            return str(given)
        if waiting:
            return waiting.popleft()
        raise RowError(
            "Please ensure that function response turn comes immediately after a "
            "function call turn."
        )


def _assistant(parts: list[Json], calls: _Calls) -> list[Json]:
    texts, called = [], []
    for part in parts:
        if part.get("thought"):
            continue
        call = json_object(part, "functionCall")
        if call:
            arguments = json.dumps(call.get("args") or {}, ensure_ascii=False)
            function = {"name": str(call.get("name")), "arguments": arguments}
            called.append(
                {"id": calls.called(call), "type": "function", "function": function}
            )
        else:
            texts.append(_text(part))
    message: Json = {"role": "assistant", "content": "\n".join(filter(None, texts))}
    if called:
        message["tool_calls"] = called
        message["content"] = message["content"] or None
    return [message]


def _user(parts: list[Json], media: Media, calls: _Calls) -> list[Json]:
    results, shown = [], []
    for part in parts:
        result = json_object(part, "functionResponse")
        if result:
            content = json.dumps(result.get("response"), ensure_ascii=False)
            results.append(
                {
                    "role": "tool",
                    "tool_call_id": calls.answered(result),
                    "content": content,
                }
            )
        else:
            shown.append(_shown(part, media))
    if not shown:
        return results
    texts = [each["text"] for each in shown if each["type"] == "text"]
    # Text alone goes as text: not every server takes a list of parts.
    said: Any = "\n".join(texts) if len(texts) == len(shown) else shown
    return [*results, {"role": "user", "content": said}]


def _shown(part: Json, media: Media) -> Json:
    inline = json_object(part, "inlineData")
    if inline:
        data = str(inline.get("data")).translate(_URL_SAFE)
        return _medium(_mime_type(inline), data + "=" * (-len(data) % 4))
    file = json_object(part, "fileData")
    if file:
        uri = str(field(file, "fileUri"))
        if not uri.startswith("gs://"):
            raise RowError(
                f"{uri} is not fetched: the local cloud reaches nobody outside this "
                "machine. Name media in gs:// buckets."
            )
        mime_type = _mime_type(file)
        _check(mime_type)
        return _medium(mime_type, b64encode(media.content(uri)).decode("ascii"))
    return {"type": "text", "text": _text(part)}


def _mime_type(of: Json) -> str:
    return str(field(of, "mimeType")).partition(";")[0].strip().lower()


def _check(mime_type: str) -> None:
    if not mime_type.startswith(("image/", "text/")) and mime_type not in _AUDIO:
        raise RowError(
            f"A chat with an OpenAI-compatible server carries text, images, mp3 and "
            f"wav, and no {mime_type}."
        )


def _medium(mime_type: str, data: str) -> Json:
    _check(mime_type)
    if mime_type.startswith("image/"):
        url = f"data:{mime_type};base64,{data}"
        return {"type": "image_url", "image_url": {"url": url}}
    if mime_type.startswith("text/"):
        return {"type": "text", "text": _decoded(data)}
    sound = {"data": data, "format": _AUDIO[mime_type]}
    return {"type": "input_audio", "input_audio": sound}


def _decoded(data: str) -> str:
    try:
        return b64decode(data).decode()
    except ValueError as error:
        raise RowError("A text file of the request is no UTF-8.") from error


def _text(part: Json) -> str:
    """
    What a part says in words: code that was run, and what came of it, too.
    """
    for found in (
        part.get("text"),
        json_object(part, "executableCode").get("code"),
        json_object(part, "codeExecutionResult").get("output"),
    ):
        if isinstance(found, str):
            return found
    return ""


def is_text_alone(messages: list[Json]) -> bool:
    """
    Whether nothing but text is in a chat.
    """
    contents: list[Any] = [message["content"] for message in messages]
    return not any(isinstance(content, list) for content in contents)
