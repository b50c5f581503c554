"""
The tables of `terraform/README.md`, made from the grants and the variables.

Whatever stands outside their markers is left as it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pages.marked_tables import filled, table
from pages.terraform_variables import Variable, variables, written_in

FOLDER = Path(__file__).resolve().parents[1] / "terraform"
PAGE = FOLDER / "README.md"


def page(text: str) -> str:
    """
    The page with each of its tables as the data say.
    """
    return filled(text, tables())


def tables() -> dict[str, str]:
    """
    Every table by the name that its markers carry.
    """
    data = json.loads((FOLDER / "grants.json").read_text(encoding="utf-8"))
    known = variables(written_in(FOLDER))
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
