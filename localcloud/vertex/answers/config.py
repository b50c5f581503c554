"""
A request's generationConfig and tools, checked, as far as they shape the answer.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from localcloud.vertex.answers.fields import Json, field, json_object, objects
from localcloud.vertex.answers.row_error import RowError
from localcloud.vertex.answers.schema_values import Make, maker

_MIME_TYPES = ("text/plain", "application/json", "text/x.enum")
_MOST_TOKENS = 65_536
_MOST_CANDIDATES = 8
_FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")

# Rows of one file share a few schemas; the rest is not worth keeping.
_KEPT = 64
_makers: dict[bytes, Make] = {}
_configs: dict[bytes, "Config"] = {}
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """
    How the answer is to look.
    """

    make: Make | None
    """
    What makes a value for the response schema, if there is one.
    """
    enum_as_text: bool
    max_output_tokens: int | None
    candidates: int


_PLAIN = Config(make=None, enum_as_text=False, max_output_tokens=None, candidates=1)


def read_config(request: Json) -> Config:
    """
    The request's configuration, or a RowError in the service's words.
    """
    _check_functions(request)
    config = json_object(request, "generationConfig")
    if not config:
        return _PLAIN
    key = _encode(config)
    kept = _configs.get(key)
    if kept is None:
        if len(_configs) >= _KEPT:
            _configs.clear()
        kept = _configs[key] = _read(config)
    return kept


def kept_maker(schema: Json) -> Make:
    """
    What makes values of a schema, compiled once.
    """
    key = _encode(schema)
    make = _makers.get(key)
    if make is None:
        if len(_makers) >= _KEPT:
            _makers.clear()
        make = _makers[key] = maker(schema)
    return make


def _read(config: Json) -> Config:
    _check_range(config, "temperature", 0.0, 2.0)
    _check_range(config, "topP", 0.0, 1.0)
    mime_type = field(config, "responseMimeType") or "text/plain"
    if mime_type not in _MIME_TYPES:
        raise RowError(
            f"Unable to submit request because it has an unsupported "
            f"response_mime_type value {mime_type!r}."
        )
    return Config(
        make=_maker(config, mime_type),
        enum_as_text=mime_type == "text/x.enum",
        max_output_tokens=_whole(config, "maxOutputTokens", _MOST_TOKENS),
        candidates=_whole(config, "candidateCount", _MOST_CANDIDATES) or 1,
    )


def _maker(config: Json, mime_type: str) -> Make | None:
    for name in ("responseSchema", "responseJsonSchema"):
        schema = field(config, name)
        if isinstance(schema, dict):
            return kept_maker(schema)
        if schema is not None:
            raise RowError(
                "The GenerateContentRequest proto is invalid: "
                f"* generation_config.{name}: [FIELD_INVALID] it must be an object"
            )
    return _free_json if mime_type == "application/json" else None


def _free_json(choices: Any, depth: int) -> Any:
    return {"simulated": True, "text": choices.words(20)}


def _check_functions(request: Json) -> None:
    for number, tool in enumerate(objects(request, "tools")):
        for at, declared in enumerate(objects(tool, "functionDeclarations")):
            name = declared.get("name")
            if not isinstance(name, str) or _FUNCTION_NAME.fullmatch(name) is None:
                raise RowError(
                    "The GenerateContentRequest proto is invalid: "
                    f"* tools[{number}].function_declarations[{at}].name: "
                    "[FIELD_INVALID] Invalid function name. Must start with a letter "
                    "or an underscore."
                )


def _check_range(config: Json, name: str, least: float, most: float) -> None:
    value = field(config, name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RowError(f"Invalid value at 'generation_config.{name}', {value!r}")
    if not least <= value <= most:
        raise _out_of_range(name, value, f"{least} (inclusive) to {most} (inclusive)")


def _whole(config: Json, name: str, most: int) -> int | None:
    value = field(config, name)
    if value is None:
        return None
    try:
        number = int(value)
    except (TypeError, ValueError) as error:
        raise RowError(
            f"Invalid value at 'generation_config.{name}', {value!r}"
        ) from error
    if not 1 <= number <= most:
        raise _out_of_range(name, number, f"1 (inclusive) to {most + 1} (exclusive)")
    return number


def _out_of_range(name: str, value: float, span: str) -> RowError:
    return RowError(
        f"Unable to submit request because it has a {name} value of {value} but the "
        f"supported range is from {span}. Update the value and try again."
    )
