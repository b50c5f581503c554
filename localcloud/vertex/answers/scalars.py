"""
Text and numbers that a schema allows.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from localcloud.vertex.answers.choices import Choices
from localcloud.vertex.answers.fields import Json, field
from localcloud.vertex.answers.patterns import text_for
from localcloud.vertex.answers.row_error import RowError

Make = Callable[[Choices, int], Any]

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_NOT_LETTERS = re.compile(r"[^a-z]")


def schema_number(schema: Json, name: str, default: float) -> float:
    """
    A limit in a schema; protobuf's JSON writes 64-bit numbers as text.
    """
    value = field(schema, name)
    if value is None or isinstance(value, bool):
        return default
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise RowError(
            "The GenerateContentRequest proto is invalid: * generation_config."
            f"response_schema.{name}: [FIELD_INVALID] {value!r} is no number"
        ) from error


def string_maker(schema: Json) -> Make:
    """
    Words from the prompt, or what the format or the pattern asks for.
    """
    kind = str(schema.get("format") or "")
    least = int(schema_number(schema, "minLength", 0))
    most = schema_number(schema, "maxLength", math.inf)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        return lambda choices, depth: text_for(pattern, choices)
    formatted = _FORMATS.get(kind)
    if formatted is not None:
        return lambda choices, depth: formatted(choices)

    def make(choices: Choices, depth: int) -> Any:
        text = choices.words(2 + choices.below(7))
        while len(text) < least:
            text = f"{text} {choices.words(4)}"
        return text if len(text) <= most else text[: int(most)]

    return make


def number_maker(schema: Json, *, whole: bool) -> Make:
    """
    A number within the limits, whole if need be.
    """
    step = schema_number(schema, "multipleOf", 0.0)
    least = schema_number(schema, "minimum", -math.inf)
    most = schema_number(schema, "maximum", math.inf)
    above = schema_number(schema, "exclusiveMinimum", -math.inf)
    below = schema_number(schema, "exclusiveMaximum", math.inf)
    if whole or step:
        unit = step or 1.0
        first = max(least, above)
        last = min(most, below)
        low = math.ceil(first / unit) if math.isfinite(first) else None
        high = math.floor(last / unit) if math.isfinite(last) else None
        if low is not None and low * unit == above:
            low += 1
        if high is not None and high * unit == below:
            high -= 1
        low, high = _span(low, high)
        scale = int(unit) if unit.is_integer() else unit
        return lambda choices, depth: (
            (low + choices.below(max(1, high - low + 1))) * scale
        )
    return _real_maker(max(least, above), min(most, below), above, below)


def _real_maker(least: float, most: float, above: float, below: float) -> Make:
    if math.isinf(least):
        least = most - 100.0 if math.isfinite(most) else 0.0
    if math.isinf(most):
        most = least + 100.0

    def make(choices: Choices, depth: int) -> Any:
        # Never the ends, in case they are not allowed.
        share = (1 + choices.below(998)) / 1000
        value = least + (most - least) * share
        near = round(value, 3)
        return near if least < near < most and near not in (above, below) else value

    return make


def _span(low: int | None, high: int | None) -> tuple[int, int]:
    if low is None:
        low = 0 if high is None else high - 100 if high < 0 else min(0, high)
    return low, low + 100 if high is None else high


def _date(choices: Choices) -> str:
    return f"{_SOME_DAY + timedelta(days=choices.below(365)):%Y-%m-%d}"


def _time(choices: Choices) -> str:
    return f"{choices.below(24):02d}:{choices.below(60):02d}:{choices.below(60):02d}Z"


def _name(choices: Choices) -> str:
    return _NOT_LETTERS.sub("", choices.words(1).lower())[:20] or "simulated"


def _uuid(choices: Choices) -> str:
    digits = "".join("0123456789abcdef"[choices.below(16)] for _ in range(30))
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:]}"
    )


_FORMATS: dict[str, Callable[[Choices], str]] = {
    "date": _date,
    "time": _time,
    "date-time": lambda choices: f"{_date(choices)}T{_time(choices)}",
    "duration": lambda choices: f"PT{choices.below(120) + 1}S",
    "email": lambda choices: f"{_name(choices)}@example.com",
    "uri": lambda choices: f"https://example.com/{_name(choices)}",
    "url": lambda choices: f"https://example.com/{_name(choices)}",
    "hostname": lambda choices: f"{_name(choices)}.example.com",
    "ipv4": lambda choices: f"192.0.2.{choices.below(256)}",
    "ipv6": lambda choices: f"2001:db8::{choices.below(65536):x}",
    "uuid": _uuid,
    "byte": lambda choices: "c2ltdWxhdGVk",
}
