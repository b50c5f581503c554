"""
Rules from plain data (JSON, TOML), each mistake told in a sentence that helps.
"""

import dataclasses
import difflib
import json
import types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from localcloud.faults.rules import Rule
from localcloud.finite import is_finite

Kinds = Mapping[str, type[Rule]]
"""
The rules of each service, by its name.
"""

_Built = TypeVar("_Built")
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def read_rule(given: Any, kinds: Kinds) -> Rule:
    """
    A rule that makes sense; a ValueError names what does not, and the fix.
    """
    if not isinstance(given, dict):
        raise ValueError(f"a fault is an object, not {_shown(given)}")
    service = given.get("service", "*")
    if service == "*":
        kind: type[Rule] = Rule
    elif isinstance(service, str) and service in kinds:
        kind = kinds[service]
    elif service == "eventarc":
        raise ValueError(
            "events have no rules: name a disturbance of the catalogue, such as "
            '{"name": "events-late"}, with other values if wanted'
        )
    else:
        raise ValueError(
            f"there is no service {_shown(service)}: use {_either(kinds)}, or `*` for "
            "all of them"
        )
    for name in given:
        _check_known(name, kind, kinds)
    rule = build(kind, given)
    for other in () if service != "*" else kinds:
        if rule.method in kinds[other].own_methods:
            raise ValueError(
                f"a rule for the method {rule.method} is one of its service: give it "
                f'"service": "{other}"'
            )
    rule.check()
    return rule


def build(kind: type[_Built], given: Mapping[str, Any], where: str = "") -> _Built:
    """
    A struct or dataclass from plain data; a ValueError names the field, and the fix.
    """
    hints = _hints(kind)
    for name in given:
        if name not in hints:
            raise ValueError(
                f"there is no `{where}{name}`{_meant(name, hints)}: use "
                f"{_either(hints)}"
            )
    for name in _required(kind):
        if name not in given:
            raise ValueError(f"`{where}{name}` is missing: {_description(hints[name])}")
    return kind(
        **{
            name: _value(hints[name], value, f"{where}{name}")
            for name, value in given.items()
        }
    )


def _check_known(name: str, kind: type[Rule], kinds: Kinds) -> None:
    if name in _hints(kind):
        return
    others = [service for service, other in kinds.items() if name in _hints(other)]
    if others:
        raise ValueError(
            f"`{name}` is for rules of another service: give the rule "
            + " or ".join(f'"service": "{service}"' for service in others)
        )


def _value(hint: Any, value: Any, where: str) -> Any:
    inner = _record_in(hint)
    if inner is not None and isinstance(value, dict):
        return build(inner, value, f"{where}.")
    if inner is not None and isinstance(value, list) and "tuple" in str(hint):
        return tuple(
            _value(inner, each, f"{where}[{number}]")
            for number, each in enumerate(value)
        )
    if not is_finite(value):
        raise ValueError(f"`{where}` can't be {_shown(value)}: a number here is finite")
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise ValueError(
            f"`{where}` can't be {_shown(value)}: {_description(hint) or _said(error)}"
        ) from error


def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: hints[name] for name in _names(kind)}


def _names(kind: type) -> list[str]:
    if dataclasses.is_dataclass(kind):
        return [each.name for each in dataclasses.fields(kind)]
    return [each.name for each in msgspec.structs.fields(kind)]


def _required(kind: type) -> list[str]:
    if dataclasses.is_dataclass(kind):
        missing = dataclasses.MISSING
        return [
            each.name
            for each in dataclasses.fields(kind)
            if each.default is missing and each.default_factory is missing
        ]
    return [each.name for each in msgspec.structs.fields(kind) if each.required]


def _record_in(hint: Any) -> Any:
    """
    The struct or dataclass that a field holds, or holds several of.
    """
    if get_origin(hint) in (Annotated, Union, types.UnionType, tuple, list):
        return next(filter(None, map(_record_in, get_args(hint))), None)
    record = isinstance(hint, type) and (
        dataclasses.is_dataclass(hint) or issubclass(hint, msgspec.Struct)
    )
    return hint if record else None


def _description(hint: Any) -> str:
    if get_origin(hint) is not Annotated:
        return ""
    said = [each for each in hint.__metadata__ if isinstance(each, msgspec.Meta)]
    return next((each.description for each in said if each.description), "")


def _said(error: msgspec.ValidationError) -> str:
    """
    What a ValidationError means, without the words of a programming language.
    """
    reason = str(error).partition(" - at ")[0].removeprefix("Expected ")
    expected, _, _ = reason.partition(", got ")
    kinds = expected.strip("`").split(" | ")
    if all(kind in _WORDS for kind in kinds):
        return "it is " + " or ".join(_WORDS[kind] for kind in kinds)
    return "it is " + expected.replace("`array` of length", "a list of")


def _either(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _meant(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(names), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""


def _shown(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"
