"""
A second opinion on a file: the rules of a check, written down once more and in another
way, slowly, on what the standard library makes of each line.
"""

import base64
import json
import math
import re
from collections.abc import Iterator
from typing import Any

Json = Any
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,299}")
_FREE = {"args", "response", "responseschema", "responsejsonschema", "parameters",
         "parametersjsonschema", "labels"}  # fmt: skip
_DATA = {"text", "inlineData", "fileData", "functionCall", "functionResponse",
         "executableCode", "codeExecutionResult"}  # fmt: skip
_REQUEST = {"contents", "systemInstruction", "generationConfig", "tools", "toolConfig",
            "safetySettings", "labels", "cachedContent",
            "modelArmorConfig"}  # fmt: skip
_INTEGERS = {"candidateCount", "maxOutputTokens", "seed", "logprobs"}
_NUMBERS = {"temperature", "topP", "topK", "presencePenalty", "frequencyPenalty"}


class Wrong(Exception):
    """The file can't run, for this reason."""


def expect_runs(content: bytes) -> None:
    """Raise Wrong unless every line can run, beside all the others."""
    lines = content.split(b"\n")
    while lines and lines[-1].rstrip(b"\r") == b"" and len(lines[-1]) < 2:
        lines.pop()
    _need(lines, "no rows")
    kinds: dict[str, str] = {}
    for line in lines:
        row = _strict(line)
        for path, kind in _kinds(row, "$"):
            _need(kinds.setdefault(path, kind) == kind, f"two types at {path}")
        _need(_depth(row) <= 16, "depth")
        _request(row)


def _strict(line: bytes) -> Json:
    def twice(pairs: list[tuple[str, Json]]) -> Json:
        _need(len({name for name, _ in pairs}) == len(pairs), "a name twice")
        return dict(pairs)

    def constant(_: str) -> Json:
        raise Wrong("a constant")

    try:
        row = json.loads(
            line.decode("utf-8"),
            object_pairs_hook=twice,
            parse_constant=constant,
            parse_int=_integer,
        )
        json.dumps(row, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Wrong("no JSON") from error
    return row


def _integer(text: str) -> int:
    _need(len(text.lstrip("-")) <= 4_300, "too many digits")
    return int(text)


def _kinds(value: Json, path: str) -> Iterator[tuple[str, str]]:
    """The kind of everything in it, by path; what the importer can't store is Wrong."""
    if isinstance(value, dict):
        _need(value, "an empty object")
        for name, child in value.items():
            _need(_NAME.fullmatch(name), "a name")
            if child is not None:
                yield from _kinds(child, f"{path}.{name}")
        yield path, "object"
    elif isinstance(value, list):
        yield path, "list"
        for item in value:
            _need(item is not None, "null in a list")
            _need(not isinstance(item, list), "a list in a list")
            yield from _kinds(item, f"{path}[]")
    elif isinstance(value, float):
        _need(math.isfinite(value), "infinite")
        yield path, "number"
    elif isinstance(value, bool | str):
        yield path, type(value).__name__
    elif isinstance(value, int):
        yield path, "number"


def _depth(value: Json) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(child) for child in value.values()), default=0)
    if isinstance(value, list):
        return max((_depth(item) for item in value), default=0)
    return 0


def _request(row: Json) -> None:
    _need(isinstance(row, dict), "no object")
    _twins(row, is_free=True)
    request = row.get("request")
    _need(isinstance(request, dict), "no request")
    for name, value in row.items():
        _own(value, is_free=name.casefold() != "request")
    fields = _fields(request)
    known = {name.casefold() for name in _REQUEST}
    for name in fields:
        folded = name.casefold().replace("_", "")
        _need(name in _REQUEST or folded not in known, "a field's spelling")
    _need("cachedContent" not in fields, "cached content")
    for content in _items(fields.get("contents")):
        _content(content)
        _need(_fields(content).get("role", "user") in ("user", "model"), "a role")
    if "systemInstruction" in fields:
        _content(fields["systemInstruction"])
    _config(fields.get("generationConfig", {}))
    for tool in _items(fields["tools"]) if "tools" in fields else []:
        for name in _fields(tool) | dict.fromkeys(tool):
            folded = name.casefold().replace("_", "")
            _need(folded not in ("retrieval", "mcpservers"), "a tool")


def _config(config: Json) -> None:
    for name, value in _fields(config).items():
        if name in _INTEGERS | _NUMBERS:
            wanted = (int,) if name in _INTEGERS else (int, float)
            _need(type(value) in wanted and abs(value) < 2**31, "a number")


def _content(content: Json) -> None:
    for part in _items(_fields(content).get("parts")):
        _part(part)


def _part(part: Json) -> None:
    fields = _fields(part)
    data = [name for name in fields if name in _DATA]
    _need(len(data) == 1, "not one data member")
    name, value = data[0], fields[data[0]]
    if name == "text":
        _need(isinstance(value, str), "a text")
    elif name == "fileData":
        _need(_fields(value).get("fileUri"), "no address")
        _need(isinstance(_fields(value)["fileUri"], str), "an address")
        _mime(value)
    elif name == "inlineData":
        _mime(value)
        _base64(_fields(value).get("data"))
    elif name == "functionResponse" and "parts" in _fields(value):
        for inner in _items(_fields(value)["parts"]):
            _part(inner)


def _mime(value: Json) -> None:
    mime = _fields(value).get("mimeType")
    _need(isinstance(mime, str) and "/" in mime, "a type of media")


def _base64(data: Json) -> None:
    _need(isinstance(data, str) and data, "no data")
    bare = data.translate(str.maketrans("-_", "+/")).rstrip("=")
    _need(len(data) - len(data.rstrip("=")) <= 2, "padding")
    try:
        base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError as error:
        raise Wrong("base64") from error


def _own(value: Json, *, is_free: bool) -> None:
    """No two names that are one where that counts, and no address not allowed."""
    if isinstance(value, list):
        for item in value:
            _own(item, is_free=is_free)
    if not isinstance(value, dict):
        return
    _twins(value, is_free=is_free)
    for name, child in value.items():
        folded = name.casefold().replace("_", "")
        if folded == "fileuri" and not is_free:
            for uri in child if isinstance(child, list) else [child]:
                if isinstance(uri, str):
                    _need(_is_allowed(uri), "an address")
        _own(child, is_free=is_free or folded in _FREE)


def _is_allowed(uri: str) -> bool:
    """Under the two prefixes of `tests/contents.py`; a way upwards in any writing."""
    if uri.startswith("https://www.youtube.com/"):
        steps = re.split(r"[/?#\\]|%2f", uri, flags=re.IGNORECASE)
        upwards = {step.lower().replace("%2e", ".") for step in steps}
        return ".." not in upwards and len(uri) <= 2_000 and not re.search(r"\s", uri)
    return (
        uri.startswith("gs://media/")
        and ".." not in uri.split("/")
        and (len(uri) <= 2_000)
    )


def _twins(value: dict[str, Json], *, is_free: bool) -> None:
    folded = [name.casefold() for name in value]
    if not is_free:
        folded = [name.replace("_", "") for name in folded]
    _need(len(set(folded)) == len(folded), "two names that are one")


def _fields(value: Json) -> dict[str, Json]:
    """The fields that are not null, in one form."""
    _need(isinstance(value, dict), "no object")
    return {
        re.sub(r"_+(.?)([^_]*)", lambda m: m[1].upper() + m[2].lower(), name): child
        for name, child in value.items()
        if child is not None
    }


def _items(value: Json) -> list[Json]:
    _need(isinstance(value, list) and value, "no list of one or more")
    return list(value)


def _need(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)
