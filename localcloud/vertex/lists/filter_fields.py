"""
What may be compared in the filter of a list: fields, operators, values.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from localcloud.vertex.jobs.job import State
from localcloud.vertex.jobs.times import EPOCH

_OPERATORS = {
    "display_name": ("=", "!=", ":"),
    "model_display_name": ("=", "!="),
    "state": ("=", "!="),
    "create_time": ("=", "!=", "<", "<=", ">", ">="),
    "labels": ("=", "!=", ":"),
}
_STATES = {*State, "JOB_STATE_UNSPECIFIED"}
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})"
)


class FilterError(ValueError):
    """
    What is wrong with a filter, in words.
    """


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    `field operator value`.

    For labels, `key` says which one. A time is microseconds since 1970; the
    operator `:` compares with a pattern in which `*` stands for anything.
    """

    field: str
    operator: str
    value: str | int
    key: str = ""


def compare(path: list[str], operator: str, value: str) -> Comparison:
    """
    A comparison that the service would make, or a FilterError.
    """
    field, *keys = path
    operators = _OPERATORS.get(field)
    if operators is None:
        raise FilterError(f"the field {'.'.join(path)!r} can't be filtered on")
    if field == "labels":
        return _label(keys, operator, value)
    if keys:
        raise FilterError(f"the field {'.'.join(path)!r} does not exist")
    if operator not in operators:
        raise FilterError(f"{field!r} can't be compared with {operator!r}")
    if field == "state" and value not in _STATES:
        raise FilterError(f"{value!r} is no state of a job")
    if field == "create_time":
        return Comparison(field, operator, _micros(value))
    return Comparison(field, operator, value)


def _label(keys: list[str], operator: str, value: str) -> Comparison:
    if operator not in _OPERATORS["labels"]:
        raise FilterError(f"a label can't be compared with {operator!r}")
    if not keys and operator == ":":
        # `labels:key`, the list filter's way to ask whether a map has a key.
        return Comparison("labels", ":", "*", key=value)
    if len(keys) != 1:
        raise FilterError("a label is written as labels.key")
    return Comparison("labels", operator, value, key=keys[0])


def _micros(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise FilterError(f"{text!r} is no time in RFC 3339 format")
    day, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in "Zz" else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FilterError(f"{text!r} is no time in RFC 3339 format") from error
    micros = int((fraction or "0").ljust(6, "0")[:6])
    return (moment - EPOCH) // timedelta(microseconds=1) + micros
