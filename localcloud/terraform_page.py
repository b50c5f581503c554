"""
The tables of `terraform/README.md`, made from the grants and the variables.

`make docs` writes them between their markers; a test fails when they are not what is
written. Whatever stands outside the markers is left as it is.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from localcloud.terraform_variables import Variable, variables

FOLDER = Path(__file__).resolve().parents[1] / "terraform"
PAGE = FOLDER / "README.md"

_NAMED = re.compile(r"(?<=<!-- begin )\w+(?= -->)")


def page(text: str) -> str:
    """
    The page with each of its tables as the data say.
    """
    for name in _NAMED.findall(text):
        begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"the table {name!r} has no end")
        text = f"{before}{begin}\n{tables()[name]}\n\n{end}{after}"
    return text


def write() -> None:
    """
    Put the tables into their place.
    """
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def tables() -> dict[str, str]:
    """
    Every table by the name that its markers carry.
    """
    data = json.loads((FOLDER / "grants.json").read_text(encoding="utf-8"))
    known = variables((FOLDER / "variables.tf").read_text(encoding="utf-8"))
    return {
        "accounts": "\n".join(_grant_tables(data, data["accounts"])),
        "agents": "\n".join(_grant_tables(data, data["agents"])),
        "roles": _table("role | title | permissions | why", _roles(data["roles"])),
        "variables": _table("variable | type | default | what", _variables(known)),
    }


def _grant_tables(data: Mapping[str, Any], to: Mapping[str, str]) -> Iterator[str]:
    rows = [
        (f"`{name}`", f"`{each['role']}`", each["on"].replace("_", " "), each["why"])
        for name in to
        for each in data["grants"]
        if each["to"] == name
    ]
    yield _table("who | what it is", [(f"`{name}`", why) for name, why in to.items()])
    yield ""
    yield _table("who | role | on | why", rows)


def _roles(roles: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, role in roles.items():
        if "/" not in name:
            permissions = ", ".join(f"`{each}`" for each in role["permissions"])
            yield f"`{name}`", role["title"], permissions, role["why"]


def _variables(known: Iterable[Variable]) -> Iterator[tuple[str, ...]]:
    for each in known:
        default = "required" if each.default is None else f"`{each.default}`"
        yield f"`{each.name}`", each.type, default, each.description


def _table(head: str, rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {head} |", "|---" * (head.count("|") + 1) + "|"]
    lines += (
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows
    )
    return "\n".join(lines)


if __name__ == "__main__":
    write()
