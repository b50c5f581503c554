"""
The tables of `terraform/README.md`, made from the grants and the variables.

`make docs` writes them between their markers; a test fails when they are not what is
written. Whatever stands outside the markers is left as it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from localcloud.marked_tables import filled, table
from localcloud.terraform_variables import Variable, variables

FOLDER = Path(__file__).resolve().parents[1] / "terraform"
PAGE = FOLDER / "README.md"


def page(text: str) -> str:
    """
    The page with each of its tables as the data say.
    """
    return filled(text, tables())


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
        "roles": table("role | title | permissions | why", _roles(data["roles"])),
        "variables": table("variable | type | default | what", _variables(known)),
    }


def _grant_tables(data: Mapping[str, Any], to: Mapping[str, str]) -> Iterator[str]:
    rows = [
        (f"`{name}`", f"`{each['role']}`", each["on"].replace("_", " "), each["why"])
        for name in to
        for each in data["grants"]
        if each["to"] == name
    ]
    yield table("who | what it is", [(f"`{name}`", why) for name, why in to.items()])
    yield ""
    yield table("who | role | on | why", rows)


def _roles(roles: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, role in roles.items():
        if "/" not in name:
            permissions = ", ".join(f"`{each}`" for each in role["permissions"])
            yield f"`{name}`", role["title"], permissions, role["why"]


def _variables(known: Iterable[Variable]) -> Iterator[tuple[str, ...]]:
    for each in known:
        default = "required" if each.default is None else f"`{each.default}`"
        yield f"`{each.name}`", each.type, default, each.description


if __name__ == "__main__":
    write()
