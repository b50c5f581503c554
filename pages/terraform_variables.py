"""
The variables of `terraform/`, as they are written there.

It reads what `terraform fmt` has laid out, where an argument of a variable stands two
spaces in and whatever belongs to it further in; it knows no more of the language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_VARIABLE = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
_ARGUMENT = re.compile(r"^  (\w+) += (.*?)$(?=\n  [\w}]|\n\n|\Z)", re.M | re.S)
_FIELD = re.compile(r"^( +)(\w+) += (.+)$", re.MULTILINE)
_OPTIONAL = re.compile(r"optional\(.*?(?:, (?P<default>[^{(].*|\{\}))?\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """
    One variable: its type in Markdown, its default as written, None if it has none.
    """

    name: str
    type: str
    default: str | None
    description: str


def written_in(folder: Path) -> str:
    """
    The text of all files of variables: `variables.tf`, and those about one each.
    """
    files = sorted(folder.glob("variables*.tf"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def variables(text: str) -> list[Variable]:
    """
    Every variable of a text, in order.
    """
    return list(_found(text))


def _found(text: str) -> Iterator[Variable]:
    for name, body in _VARIABLE.findall(text):
        given = {key: value.strip() for key, value in _ARGUMENT.findall(f"{body}\n")}
        default = given.get("default")
        yield Variable(
            name=name,
            type=_type(given["type"]),
            default=None if default is None else _one_line(default),
            description=given["description"].strip('"').replace('\\"', '"'),
        )


def _type(written: str) -> str:
    """
    A type on one line as it is; of an object its fields with their defaults.
    """
    if "\n" not in written:
        return f"`{written}`"
    kind = "list of objects" if written.startswith("list(") else "object"
    return f"{kind}: {', '.join(_fields(written))}"


def _fields(written: str) -> Iterator[str]:
    within: dict[int, str] = {}
    for spaces, name, said in _FIELD.findall(written):
        within = {deep: of for deep, of in within.items() if deep < len(spaces)}
        if said.endswith("({"):
            within[len(spaces)] = name
            continue
        optional = _OPTIONAL.fullmatch(said)
        default = optional["default"] if optional else None
        field = ".".join([*within.values(), name])
        yield f"`{field} = {default}`" if default else f"`{field}`"


def _one_line(value: str) -> str:
    return " ".join(value.split()).replace(", ]", " ]")
