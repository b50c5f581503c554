"""
Text that matches a regular expression, as far as simple ones go.
"""

import importlib
import re
from typing import Any

from localcloud.vertex.answers.choices import Choices

# The parser of the standard library; private, so its absence is borne.
try:
    _parser: Any = importlib.import_module("re._parser")
except ImportError:  # pragma: no cover
    _parser = None

_LONGEST_REPEAT = 5
_ANYTHING = "abcdefghijklmnopqrstuvwxyz0123456789"
_CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_WORD": _ANYTHING,
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "abcdefghij",
    "CATEGORY_NOT_SPACE": _ANYTHING,
    "CATEGORY_NOT_WORD": "-",
}
_PRINTABLE = "".join(chr(code) for code in range(32, 127))


def text_for(pattern: str, choices: Choices) -> str:
    """
    Text in which the pattern is found; words if none was made.
    """
    fallback = choices.words(3)
    if _parser is None:
        return fallback
    try:
        text = _sequence(_parser.parse(pattern), choices)
        return text if re.search(pattern, text) else fallback
    except (re.error, ValueError, RecursionError, OverflowError):
        return fallback


def _sequence(items: Any, choices: Choices) -> str:
    return "".join(_item(str(kind), value, choices) for kind, value in items)


def _item(kind: str, value: Any, choices: Choices) -> str:
    match kind:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return choices.one_of(_PRINTABLE.replace(chr(value), ""))
        case "ANY":
            return choices.one_of(_ANYTHING)
        case "IN":
            return choices.one_of(_members(value))
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inner = value
            high = max(low, min(int(high), low + _LONGEST_REPEAT))
            count = low + choices.below(high - low + 1)
            return "".join(_sequence(inner, choices) for _ in range(count))
        case "SUBPATTERN":
            return _sequence(value[-1], choices)
        case "BRANCH":
            return _sequence(choices.one_of(value[1]), choices)
        case "AT":
            return ""
    raise ValueError(f"no text for {kind}")


def _members(items: Any) -> str:
    """
    The characters of a class.
    """
    members = ""
    negated = False
    for kind, value in items:
        match str(kind):
            case "NEGATE":
                negated = True
            case "LITERAL":
                members += chr(value)
            case "RANGE":
                members += "".join(
                    chr(code)
                    for code in range(value[0], min(value[1], value[0] + 99) + 1)
                )
            case "CATEGORY":
                members += _CATEGORIES[str(value)]
    if negated:
        members = "".join(char for char in _PRINTABLE if char not in members)
    if not members:
        raise ValueError("an empty class")
    return members
