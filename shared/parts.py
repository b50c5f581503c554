"""The contents of a request: messages, and the parts that they are made of."""

import re
from functools import lru_cache
from typing import Any

from shared.problems import Code, RowError

_DATA = {
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
}
_CONTENT = {"role", "parts"}
_PART = _DATA | {
    "mediaResolution",
    "partMetadata",
    "thought",
    "thoughtSignature",
    "videoMetadata",
}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


def check_content(content: object, path: str, *, needs_role: bool) -> bool:
    """
    Return whether all fields of a content and its parts are known. Raises RowError
    for what can't run.
    """
    given = given_fields(as_object(content, path))
    role = given.get("role")
    if needs_role and role is not None and role not in ("user", "model"):
        raise bad_request(
            "the role is unknown: write 'user' or 'model'", f"{path}.role"
        )
    is_known = given.keys() <= _CONTENT
    for part in as_list(given.get("parts"), f"{path}.parts"):
        is_known &= _part(part, f"{path}.parts[]")
    return is_known


def _part(part: object, path: str) -> bool:
    if isinstance(part, dict) and len(part) == 1 and type(part.get("text")) is str:
        # Most parts, and most of the time that a check takes.
        return True
    given = given_fields(as_object(part, path))
    is_known = given.keys() <= _PART
    if len(given.keys() & _DATA) != 1:
        raise bad_request(
            "a part holds exactly one of text, inlineData, fileData, functionCall, "
            "functionResponse: split it, or leave it out",
            path,
        )
    if not isinstance(given.get("text", ""), str):
        raise bad_request("text is no string: write it in quotes", f"{path}.text")
    if "fileData" in given:
        _file(given["fileData"], f"{path}.fileData")
    if "inlineData" in given:
        _inline(given["inlineData"], f"{path}.inlineData")
    if "functionResponse" in given:
        here = f"{path}.functionResponse"
        parts = given_fields(as_object(given["functionResponse"], here)).get("parts")
        if parts is not None:
            for inner in as_list(parts, f"{here}.parts"):
                is_known &= _part(inner, f"{here}.parts[]")
    return is_known


def _file(file: object, path: str) -> None:
    given = given_fields(as_object(file, path))
    uri = given.get("fileUri")
    if not isinstance(uri, str) or not uri:
        raise bad_request(
            "fileUri is missing: name the file, as gs://bucket/name", f"{path}.fileUri"
        )
    _mime(given, path)


def _inline(inline: object, path: str) -> None:
    given = given_fields(as_object(inline, path))
    data = given.get("data")
    # Both alphabets, with or without its padding, as protobuf's JSON takes it.
    if not isinstance(data, str) or not _BASE64.fullmatch(data):
        raise bad_request("data is no base64: encode the file so", f"{path}.data")
    if len(data.rstrip("=")) % 4 == 1:
        raise bad_request("data is cut off: encode the whole file", f"{path}.data")
    _mime(given, path)


def _mime(given: dict[str, Any], path: str) -> None:
    mime = given.get("mimeType")
    if not isinstance(mime, str) or "/" not in mime:
        raise bad_request(
            "mimeType is missing: say for example 'image/jpeg'", f"{path}.mimeType"
        )


def bad_request(message: str, path: str) -> RowError:
    """The error for what is no Gemini request, at this path of it."""
    return RowError(Code.BAD_REQUEST, message, path=path)


def as_list(value: object, path: str) -> list[Any]:
    """The value, if it is a list of one or more. Raises RowError."""
    if not isinstance(value, list) or not value:
        raise bad_request("this is no list of one or more: write one", path)
    return value


def as_object(value: object, path: str) -> dict[str, Any]:
    """The value, if it is an object. Raises RowError."""
    if not isinstance(value, dict):
        raise bad_request("this is no object: write one", path)
    return value


def given_fields(value: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not null, by their names as in Google's reference."""
    for name, child in value.items():
        if child is None or "_" in name:
            break
    else:
        return value
    return {camel(name): child for name, child in value.items() if child is not None}


@lru_cache(4096)
def camel(name: str) -> str:
    """`file_uri` as `fileUri`: the form of Google's reference."""
    if "_" not in name:
        return name
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
