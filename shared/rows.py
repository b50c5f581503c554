"""One row: whether it is a Gemini request that a batch can run."""

import re
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
_FOLDED = {name.casefold() for name in _REQUEST}
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
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


def request_of(row: object) -> dict[str, Any]:
    """Return the request of a decoded row. Raises RowError if it has none."""
    if not isinstance(row, dict):
        raise RowError(
            Code.NOT_AN_OBJECT, "this is no JSON object: write one on each line"
        )
    request = row.get("request")
    if not isinstance(request, dict):
        raise _no_request(row)
    return request


def check_request(request: dict[str, Any]) -> list[Odd]:
    """
    Return what is odd about a request whose fields are learnt: its names are
    short, its nesting is bounded, and what it fetches is allowed. Raises
    RowError for what can't run.

    Field names are read in both forms, `fileData` and `file_data`, as the
    service does; null is read as not there.
    """
    fields = _given(request)
    odd: list[Odd] = []
    if not fields.keys() <= _REQUEST:
        _expect_spelling(fields)
        odd.append(Odd.UNKNOWN_FIELD)
    if "cachedContent" in fields:
        raise RowError(
            Code.NOT_SUPPORTED,
            "batch prediction does not support cached content: send it in contents",
            path="$.request.cachedContent",
        )
    for content in _list(fields.get("contents"), "$.request.contents"):
        _content(content, "$.request.contents[]", needs_role=True)
    if "systemInstruction" in fields:
        path = "$.request.systemInstruction"
        _content(fields["systemInstruction"], path, needs_role=False)
    if "generationConfig" in fields:
        _numbers(fields["generationConfig"], "$.request.generationConfig")
    if "tools" in fields:
        _tools(fields["tools"], "$.request.tools")
    return odd


def _expect_spelling(fields: dict[str, Any]) -> None:
    """Refuse what the importer, whose columns know no case, may read as known."""
    for name in fields.keys() - _REQUEST:
        if name.casefold().replace("_", "") in _FOLDED:
            raise RowError(
                Code.BAD_REQUEST,
                "this is the name of a field in another spelling: write it as in "
                "Google's reference",
                path=f"$.request.{name}",
            )


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
            Code.NO_REQUEST,
            "'request' is no object: write the Gemini request there",
            path="$.request",
        )
    return RowError(
        Code.NO_REQUEST, "the row has no 'request': put the Gemini request under it"
    )


def _content(content: object, path: str, *, needs_role: bool) -> None:
    given = _given(_object(content, path))
    role = given.get("role")
    if needs_role and role is not None and role not in ("user", "model"):
        raise RowError(
            Code.BAD_REQUEST,
            "the role is unknown: write 'user' or 'model'",
            path=f"{path}.role",
        )
    for part in _list(given.get("parts"), f"{path}.parts"):
        _part(part, f"{path}.parts[]")


def _part(part: object, path: str) -> None:
    if isinstance(part, dict) and len(part) == 1 and type(part.get("text")) is str:
        # Most parts, and most of the time that a check takes.
        return
    given = _given(_object(part, path))
    if len(given.keys() & _DATA) != 1:
        raise RowError(
            Code.BAD_REQUEST,
            "a part holds exactly one of text, inlineData, fileData, functionCall, "
            "functionResponse: split it, or leave it out",
            path=path,
        )
    if not isinstance(given.get("text", ""), str):
        raise RowError(
            Code.BAD_REQUEST,
            "text is no string: write it in quotes",
            path=f"{path}.text",
        )
    if "fileData" in given:
        _file(given["fileData"], f"{path}.fileData")
    if "inlineData" in given:
        _inline(given["inlineData"], f"{path}.inlineData")
    if "functionResponse" in given:
        here = f"{path}.functionResponse"
        parts = _given(_object(given["functionResponse"], here)).get("parts")
        if parts is not None:
            for inner in _list(parts, f"{here}.parts"):
                _part(inner, f"{here}.parts[]")


def _file(file: object, path: str) -> None:
    given = _given(_object(file, path))
    uri = given.get("fileUri")
    if not isinstance(uri, str) or not uri:
        raise RowError(
            Code.BAD_REQUEST,
            "fileUri is missing: name the file, as gs://bucket/name",
            path=f"{path}.fileUri",
        )
    _mime(given, path)


def _inline(inline: object, path: str) -> None:
    given = _given(_object(inline, path))
    data = given.get("data")
    # Both alphabets, with or without its padding, as protobuf's JSON takes it.
    if not isinstance(data, str) or not _BASE64.fullmatch(data):
        raise RowError(
            Code.BAD_REQUEST,
            "data is no base64: encode the file so",
            path=f"{path}.data",
        )
    if len(data.rstrip("=")) % 4 == 1:
        raise RowError(
            Code.BAD_REQUEST,
            "data is cut off: encode the whole file",
            path=f"{path}.data",
        )
    _mime(given, path)


def _mime(given: dict[str, Any], path: str) -> None:
    mime = given.get("mimeType")
    if not isinstance(mime, str) or "/" not in mime:
        raise RowError(
            Code.BAD_REQUEST,
            "mimeType is missing: say for example 'image/jpeg'",
            path=f"{path}.mimeType",
        )


def _tools(tools: object, path: str) -> None:
    for tool in _list(tools, path):
        for name in _object(tool, f"{path}[]"):
            # What these read, they read with the Vertex agent's rights or from
            # wherever an address says.
            if name.casefold().replace("_", "") in ("retrieval", "mcpservers"):
                raise RowError(
                    Code.NOT_SUPPORTED,
                    "batch prediction does not support retrieval from a data store "
                    "or a server: put what is needed into contents",
                    path=f"{path}[].{name}",
                )


def _numbers(config: object, path: str) -> None:
    for name, value in _given(_object(config, path)).items():
        kind = _NUMBERS.get(name)
        if kind is None:
            continue
        good = isinstance(value, int) if kind is int else isinstance(value, int | float)
        if not good or isinstance(value, bool) or abs(value) >= _INT32:
            raise RowError(
                Code.BAD_REQUEST,
                "this is no whole number of 32 bits: write one"
                if kind is int
                else "this is no number that can be meant: write one",
                path=f"{path}.{name}",
            )


def _list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise RowError(
            Code.BAD_REQUEST,
            "this is no list of one or more: write one",
            path=path,
        )
    return value


def _object(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RowError(Code.BAD_REQUEST, "this is no object: write one", path=path)
    return value


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {_camel(name): child for name, child in value.items() if child is not None}


@lru_cache(4096)
def _camel(name: str) -> str:
    if "_" not in name:
        return name
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
