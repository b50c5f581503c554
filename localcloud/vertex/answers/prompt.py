"""
What a request says to the model, read and checked as the model's front end does.
"""

import binascii
import re
from dataclasses import dataclass
from typing import Any, Protocol

from localcloud.vertex.answers.fields import Json, field, json_object, objects
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.answers.tokens import Modality, media_tokens, modality_of

_ROLES = frozenset({"user", "model", "function", "tool"})
_DATA = (
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
)
_HTTP = re.compile(r"https?://[^/]+", re.IGNORECASE)


class Media(Protocol):
    """
    The files that requests point at.
    """

    def size(self, uri: str) -> int:
        """
        The size of a gs:// object in bytes; a RowError if it can't be read.
        """

    def content(self, uri: str) -> bytes:
        """
        What a gs:// object holds; a RowError if it can't be read.
        """


@dataclass(slots=True)
class Prompt:
    """
    The text of all turns, and the tokens that other media take.
    """

    system: str
    text: str
    last_user_text: str
    media_tokens: dict[Modality, int]
    media_names: list[str]


def read_prompt(request: Json, media: Media, *, role_required: bool) -> Prompt:
    """
    The prompt of a request, or a RowError in the service's words.
    """
    if field(request, "cachedContent"):
        raise RowError("Explicit caching is not supported for batch prediction.")
    contents = objects(request, "contents")
    if not contents:
        raise RowError(
            "Unable to submit request because at least one contents field is required."
        )
    prompt = Prompt("", "", "", {}, [])
    texts: list[str] = []
    last_user: list[str] = []
    for number, content in enumerate(contents):
        role = content.get("role")
        if role not in _ROLES and (role_required or role is not None):
            raise RowError("Please use a valid role: user, model.")
        path = f"contents[{number}]"
        found = _parts(content, path, media, prompt)
        texts += found
        if role != "model" and found:
            last_user = found
    prompt.text = "\n".join(texts)
    prompt.last_user_text = "\n".join(last_user)
    system = field(request, "systemInstruction")
    if isinstance(system, dict):
        prompt.system = "\n".join(
            part["text"]
            for part in objects(system, "parts")
            if isinstance(part.get("text"), str)
        )
    elif isinstance(system, str):
        raise RowError(_wrong("system_instruction", "it must be a Content"))
    return prompt


def _parts(content: Json, path: str, media: Media, prompt: Prompt) -> list[str]:
    parts = objects(content, "parts")
    if not parts:
        raise RowError(
            "Unable to submit request because it must include at least one parts "
            "field, which describes the prompt input."
        )
    texts = []
    for number, part in enumerate(parts):
        text = part.get("text")
        # Most parts are text and nothing else: one look is enough.
        if type(text) is str and len(part) == 1:
            if not text:
                raise _empty_text()
            texts.append(text)
            continue
        text = _other_part(part, f"{path}.parts[{number}]", media, prompt)
        if text is not None:
            texts.append(text)
    return texts


def _other_part(part: Json, path: str, media: Media, prompt: Prompt) -> str | None:
    data = [name for name in _DATA if field(part, name) is not None]
    if not data:
        raise RowError(
            _wrong(f"{path}.data", "required oneof field 'data' must have one value")
        )
    if len(data) > 1:
        raise RowError(
            _wrong(path, f"oneof field 'data' is already set. Cannot set '{data[1]}'")
        )
    value: Any = field(part, data[0])
    if data[0] == "text":
        if not isinstance(value, str):
            raise RowError(_wrong(f"{path}.text", "it must be a string"))
        if not value:
            raise _empty_text()
        return value
    if not isinstance(value, dict):
        raise RowError(_wrong(f"{path}.{data[0]}", "it must be an object"))
    if data[0] == "fileData":
        _file(value, path, media, prompt)
    elif data[0] == "inlineData":
        _inline(value, path, prompt)
    elif data[0] == "functionResponse":
        return str(json_object(value, "response"))
    return None


def _file(value: Json, path: str, media: Media, prompt: Prompt) -> None:
    uri = field(value, "fileUri")
    if not isinstance(uri, str) or not uri:
        raise RowError(_wrong(f"{path}.file_data.file_uri", "it is empty"))
    modality = modality_of(_mime_type(value, f"{path}.file_data"))
    if uri.startswith("gs://"):
        size = media.size(uri)
    elif _HTTP.match(uri):
        size = 1 << 20
    else:
        raise RowError(f"Invalid or unsupported file uri: {uri}")
    _count(prompt, modality, size, uri)


def _inline(value: Json, path: str, prompt: Prompt) -> None:
    modality = modality_of(_mime_type(value, f"{path}.inline_data"))
    data = value.get("data")
    try:
        if not isinstance(data, str) or not data:
            raise ValueError("no data")
        # Either alphabet will do, and the end may be missing.
        padded = data.translate(_URL_SAFE) + "=" * (-len(data) % 4)
        raw = binascii.a2b_base64(padded, strict_mode=True)
    except ValueError as error:
        raise RowError(
            _wrong(f"{path}.inline_data.data", "Base64 decoding failed")
        ) from error
    _count(prompt, modality, len(raw), path)


_URL_SAFE = str.maketrans("-_", "+/")


def _mime_type(value: Json, path: str) -> str:
    mime_type = field(value, "mimeType")
    if not isinstance(mime_type, str) or "/" not in mime_type:
        raise RowError(
            "Unable to submit request because it has an empty or invalid mimeType "
            f"parameter in {path}. Add a value to the parameter and try again."
        )
    return mime_type


def _count(prompt: Prompt, modality: Modality, size: int, name: str) -> None:
    counted = prompt.media_tokens
    counted[modality] = counted.get(modality, 0) + media_tokens(modality, size)
    prompt.media_names.append(name)


def _empty_text() -> RowError:
    return RowError(
        "Unable to submit request because it has an empty text parameter. "
        "Add a value to the parameter and try again."
    )


def _wrong(path: str, text: str) -> str:
    return (
        f"The GenerateContentRequest proto is invalid: * {path}: [FIELD_INVALID] {text}"
    )
