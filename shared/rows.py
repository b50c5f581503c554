"""One row: whether it is a Gemini request that a batch can run."""

from typing import Any

from shared.parts import as_list, as_object, bad_request, check_content, given_fields
from shared.problems import Code, Odd, RowError

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
_CONFIG = _NUMBERS.keys() | {
    "audioTimestamp",
    "enableAffectiveDialog",
    "imageConfig",
    "mediaResolution",
    "modelConfig",
    "responseJsonSchema",
    "responseLogprobs",
    "responseMimeType",
    "responseModalities",
    "responseSchema",
    "routingConfig",
    "speechConfig",
    "stopSequences",
    "thinkingConfig",
}
_INT32 = 2**31


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
    fields = given_fields(request)
    is_known = fields.keys() <= _REQUEST
    if not is_known:
        _expect_spelling(fields)
    if "cachedContent" in fields:
        raise RowError(
            Code.NOT_SUPPORTED,
            "batch prediction does not support cached content: send it in contents",
            path="$.request.cachedContent",
        )
    for content in as_list(fields.get("contents"), "$.request.contents"):
        is_known &= check_content(content, "$.request.contents[]", needs_role=True)
    if "systemInstruction" in fields:
        path = "$.request.systemInstruction"
        is_known &= check_content(fields["systemInstruction"], path, needs_role=False)
    if "generationConfig" in fields:
        is_known &= _config(fields["generationConfig"])
    if "tools" in fields:
        _tools(fields["tools"])
    return [] if is_known else [Odd.UNKNOWN_FIELD]


def _expect_spelling(fields: dict[str, Any]) -> None:
    """Refuse what the importer, whose columns know no case, may read as known."""
    for name in fields.keys() - _REQUEST:
        if name.casefold().replace("_", "") in _FOLDED:
            raise bad_request(
                "this is the name of a field in another spelling: write it as in "
                "Google's reference",
                f"$.request.{name}",
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


def _tools(tools: object) -> None:
    path = "$.request.tools"
    for tool in as_list(tools, path):
        for name in as_object(tool, f"{path}[]"):
            # What these read, they read with the Vertex agent's rights or from
            # wherever an address says.
            if name.casefold().replace("_", "") in ("retrieval", "mcpservers"):
                raise RowError(
                    Code.NOT_SUPPORTED,
                    "batch prediction does not support retrieval from a data store "
                    "or a server: put what is needed into contents",
                    path=f"{path}[].{name}",
                )


def _config(config: object) -> bool:
    """Check its numbers; whether all of its fields are known."""
    path = "$.request.generationConfig"
    given = given_fields(as_object(config, path))
    for name, value in given.items():
        kind = _NUMBERS.get(name)
        if kind is None:
            continue
        good = isinstance(value, int) if kind is int else isinstance(value, int | float)
        if not good or isinstance(value, bool) or abs(value) >= _INT32:
            raise bad_request(
                "this is no whole number of 32 bits: write one"
                if kind is int
                else "this is no number that can be meant: write one",
                f"{path}.{name}",
            )
    return given.keys() <= _CONFIG
