"""
The tables of docs/local-cloud/faults.md, made from the catalogue and the rules.

    python -m localcloud.control.tables

writes them into the page, between its marks.
"""

import re
from pathlib import Path
from typing import Annotated, get_args, get_origin, get_type_hints

import msgspec

from localcloud.control.kinds import KINDS
from localcloud.faults.catalogue.entries import SERVICES, catalogue
from localcloud.faults.rules import Rule

PAGE = Path(__file__).parents[2] / "docs" / "local-cloud" / "faults.md"

_TITLES = {
    "vertex": "Vertex AI",
    "storage": "Cloud Storage",
    "pubsub": "Pub/Sub",
    "eventarc": "Events on their way to a function",
}


def rules_table() -> str:
    """
    Every field of a rule, and which services have it.
    """
    lines = ["| field | for | |", "|---|---|---|"]
    common = _described(Rule)
    kinds: list[tuple[str, dict[str, str]]] = [("all", common)]
    for service, kind in KINDS.items():
        own = {
            name: said for name, said in _described(kind).items() if name not in common
        }
        kinds.append((service, own))
    for service, fields in kinds:
        lines += [f"| `{name}` | {service} | {said} |" for name, said in fields.items()]
    return "\n".join(lines)


def catalogue_table() -> str:
    """
    Every catalogued fault, by service.
    """
    lines = []
    for service in SERVICES:
        lines += [f"### {_TITLES[service]}", "", "| name | what happens |", "|---|---|"]
        for each in catalogue().values():
            if each.service == service:
                always = " (It is always so.)" if each.always else ""
                lines.append(f"| `{each.name}` | {each.says}{always} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def filled(page: str) -> str:
    """
    A page with the tables between its marks.
    """
    for name, table in (("rules", rules_table()), ("catalogue", catalogue_table())):
        begins = re.search(rf"<!-- {name}: .*? -->\n", page)
        assert begins is not None
        ends = page.index(f"\n<!-- end of {name} -->")
        page = f"{page[: begins.end()]}{table}{page[ends:]}"
    return page


def _described(kind: type[Rule]) -> dict[str, str]:
    hints = get_type_hints(kind, include_extras=True)
    return {
        each.name: _description(hints[each.name])
        for each in msgspec.structs.fields(kind)
    }


def _description(hint: object) -> str:
    assert get_origin(hint) is Annotated
    said = (each for each in get_args(hint)[1:] if isinstance(each, msgspec.Meta))
    text = next(each.description for each in said if each.description)
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text()))
