"""One row: whether it is a Gemini request that a batch can run."""

import base64
import binascii
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from shared.problems import Code, Odd, RowError

_DATA = {
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
}
_BESIDE_DATA = {"thought", "thoughtSignature", "videoMetadata", "mediaResolution"}
_REQUEST = {
    "contents",
    "systemInstruction",
    "generationConfig",
    "tools",
    "toolConfig",
    "safetySettings",
    "labels",
    "cachedContent",
    "modelArmorConfig",
}
_ROLES = {"user", "model"}
# generationConfig's numbers (v1 proto GenerationConfig); int32 where it is int.
_NUMBERS: dict[str, type] = {
    "temperature": float,
    "topP": float,
    "topK": float,
    "candidateCount": int,
    "maxOutputTokens": int,
    "presencePenalty": float,
    "frequencyPenalty": float,
    "seed": int,
    "logprobs": int,
}
_INT32 = 2**31


def check_row(row: object, *, media_prefixes: Sequence[str]) -> list[Odd]:
    """
    Return what is odd about a decoded row. Raises RowError for what can't run.

    Field names are read in both forms, `fileData` and `file_data`, as the
    service does.
    """
    if not isinstance(row, dict):
        raise RowError(Code.NOT_AN_OBJECT, "each line must be one JSON object")
    request = row.get("request")
    if not isinstance(request, dict):
        raise _no_request(row)
    odd: list[Odd] = [Odd.MODEL_IN_ROW] if "model" in row else []
    fields = {_camel(name): value for name, value in request.items()}
    if not fields.keys() <= _REQUEST:
        odd.append(Odd.UNKNOWN_FIELD)
    if "cachedContent" in fields:
        raise RowError(
            Code.NOT_SUPPORTED,
            "batch prediction does not support cached content: send it in contents",
            path="$.request.cachedContent",
        )
    contents = _list(fields.get("contents"), "$.request.contents")
    for content in contents:
        _content(content, "$.request.contents[]", media_prefixes, needs_role=True)
    if "systemInstruction" in fields:
        _content(
            fields["systemInstruction"],
            "$.request.systemInstruction",
            media_prefixes,
            needs_role=False,
        )
    if "generationConfig" in fields:
        _numbers(fields["generationConfig"], "$.request.generationConfig")
    return odd


def _no_request(row: dict[str, Any]) -> RowError:
    if "method" in row and "url" in row and "body" in row:
        return RowError(
            Code.OTHER_FORMAT,
            "this is a line for OpenAI's batch API: put a Gemini request under "
            "'request'",
        )
    if "custom_id" in row and "params" in row:
        return RowError(
            Code.OTHER_FORMAT,
            "this is a line for Anthropic's batch API: put a Gemini request under "
            "'request'",
        )
    if "request" in row:
        return RowError(
            Code.NO_REQUEST, "'request' must be an object", path="$.request"
        )
    return RowError(
        Code.NO_REQUEST, "the row has no 'request': put the Gemini request under it"
    )


def _content(
    content: object, path: str, media_prefixes: Sequence[str], *, needs_role: bool
) -> None:
    if not isinstance(content, dict):
        raise RowError(Code.BAD_REQUEST, "a content must be an object", path=path)
    role = content.get("role")
    if needs_role and role is not None and role not in _ROLES:
        raise RowError(
            Code.BAD_REQUEST, "role must be 'user' or 'model'", path=f"{path}.role"
        )
    for part in _list(content.get("parts"), f"{path}.parts"):
        _part(part, f"{path}.parts[]", media_prefixes)


def _part(part: object, path: str, media_prefixes: Sequence[str]) -> None:
    if not isinstance(part, dict):
        raise RowError(Code.BAD_REQUEST, "a part must be an object", path=path)
    if len(part) == 1 and type(part.get("text")) is str:
        # Most parts, and most of the time that a check takes.
        return
    members = {
        name: value
        for given, value in part.items()
        if (name := _camel(given)) not in _BESIDE_DATA and value is not None
    }
    data = members.keys() & _DATA
    if len(data) != 1:
        raise RowError(
            Code.BAD_REQUEST,
            "a part must hold exactly one of text, inlineData, fileData, "
            "functionCall, functionResponse",
            path=path,
        )
    for name, value in members.items():
        if name == "text" and not isinstance(value, str):
            raise RowError(
                Code.BAD_REQUEST, "text must be a string", path=f"{path}.text"
            )
        if name == "fileData":
            _file(
                _object(value, f"{path}.fileData"), f"{path}.fileData", media_prefixes
            )
        if name == "inlineData":
            _inline(_object(value, f"{path}.inlineData"), f"{path}.inlineData")
        if name == "functionResponse":
            response = _object(value, f"{path}.functionResponse")
            for inner in response.get("parts") or ():
                _part(inner, f"{path}.functionResponse.parts[]", media_prefixes)


def _file(file: dict[str, Any], path: str, media_prefixes: Sequence[str]) -> None:
    uri = file.get("fileUri", file.get("file_uri"))
    if not isinstance(uri, str) or not uri:
        raise RowError(Code.BAD_REQUEST, "fileUri is missing", path=f"{path}.fileUri")
    if "generativelanguage.googleapis.com" in uri:
        raise RowError(
            Code.MEDIA_NOT_ALLOWED,
            "this file exists only in the Gemini Developer API: upload it to a "
            "bucket and name it as gs://",
            path=f"{path}.fileUri",
        )
    allowed = any(uri.startswith(prefix) for prefix in media_prefixes)
    if not allowed or ".." in uri.split("/"):
        raise RowError(
            Code.MEDIA_NOT_ALLOWED,
            "this URI is under none of the route's media_prefixes",
            path=f"{path}.fileUri",
        )
    _mime(file, path)


def _inline(inline: dict[str, Any], path: str) -> None:
    data = inline.get("data")
    try:
        # Only what it weighs matters, so it is thrown away piece by piece.
        for start in range(0, len(data), 1 << 20):  # type: ignore[arg-type]  # TypeError is caught
            base64.b64decode(data[start : start + (1 << 20)], validate=True)  # type: ignore[index]  # as above
    except (binascii.Error, TypeError, ValueError) as error:
        raise RowError(
            Code.BAD_REQUEST, "data must be base64", path=f"{path}.data"
        ) from error
    _mime(inline, path)


def _mime(holder: dict[str, Any], path: str) -> None:
    mime = holder.get("mimeType", holder.get("mime_type"))
    if not isinstance(mime, str) or "/" not in mime:
        raise RowError(
            Code.BAD_REQUEST,
            "mimeType is missing: say for example 'image/jpeg'",
            path=f"{path}.mimeType",
        )


def _numbers(config: object, path: str) -> None:
    for given, value in _object(config, path).items():
        kind = _NUMBERS.get(_camel(given))
        if kind is None or value is None:
            continue
        good = isinstance(value, int) if kind is int else isinstance(value, int | float)
        if not good or isinstance(value, bool) or abs(value) >= _INT32:
            raise RowError(
                Code.BAD_REQUEST,
                "this must be a 32-bit whole number"
                if kind is int
                else "this must be a number",
                path=f"{path}.{_camel(given)}",
            )


def _list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise RowError(
            Code.BAD_REQUEST, "this must be a list of one or more", path=path
        )
    return value


def _object(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RowError(Code.BAD_REQUEST, "this must be an object", path=path)
    return value


@lru_cache(4096)
def _camel(name: str) -> str:
    if "_" not in name:
        return name
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
