"""The calls of `log` in the source: which events it can write, with which fields."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from shared.backstop import Look
from shared.logs import Severity
from shared.polling import Tick

ROOT = Path(__file__).resolve().parents[2]
# `log("tick", **tick)`: what is not written out in the call.
_SPREAD = {
    event: frozenset(field.name for field in fields(told))
    for event, told in (("tick", Tick), ("backstop", Look))
}


@dataclass(frozen=True, slots=True)
class LogCall:
    """One event of one call."""

    event: str
    severity: str
    fields: frozenset[str]


def log_calls() -> Iterator[LogCall]:
    """Every call in what is deployed, once for each event that it may write."""
    for folder in ("functions", "shared"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) == "log":
                    yield from _of(node)


def _of(call: ast.Call) -> Iterator[LogCall]:
    given = {word.arg: word.value for word in call.keywords}
    severity = given.pop("severity", None)
    named = Severity[_name(severity)] if severity else Severity.INFO
    for event in _texts(call.args[0]):
        spread = _SPREAD[event] if given.pop(None, None) else frozenset()
        names = frozenset(name for name in given if name)
        yield LogCall(event, named, names | spread)


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    assert isinstance(node, ast.Constant), ast.unparse(node)
    assert isinstance(node.value, str), ast.unparse(node)
    return [node.value]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
