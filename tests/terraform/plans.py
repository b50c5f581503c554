"""
What Terraform would make, read from the plans that `terraform test` prints.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]
UNKNOWN = "known after apply"


@dataclass(frozen=True, slots=True)
class Plan:
    """
    The resources and outputs of one plan. A value that only Google knows is UNKNOWN.
    """

    resources: Mapping[str, Mapping[str, Values]]
    outputs: Values

    def of(self, kind: str, name: str | None = None) -> dict[str, Values]:
        """
        The resources of a kind, by name and key, as in `name["key"]`.
        """
        found = self.resources.get(kind, {})
        return {
            key: values
            for key, values in found.items()
            if name is None or key == name or key.startswith(f"{name}[")
        }

    def keyed(self, kind: str, name: str) -> dict[str, Values]:
        """
        The resources that one `for_each` made, by their keys.
        """
        return {
            key.removeprefix(f"{name}[").removesuffix("]").strip('"'): values
            for key, values in self.of(kind, name).items()
        }

    def one(self, kind: str, name: str) -> Values:
        """
        The resource of that name.
        """
        return self.resources[kind][name]


def plans_in(lines: Iterable[Mapping[str, Any]]) -> dict[str, Plan]:
    """
    Each run's plan, by the run's name; AssertionError with what went wrong, if anything
    did.
    """
    said = []
    plans = {}
    for line in lines:
        if line["type"] == "diagnostic":
            said.append(json.dumps(line["diagnostic"], indent=1))
        elif line["type"] == "test_plan":
            plans[line["@testrun"]] = _plan(line["test_plan"])
    assert not said, "\n".join(said)
    return plans


def _plan(planned: Mapping[str, Any]) -> Plan:
    resources: dict[str, dict[str, Values]] = {}
    for change in planned["resource_changes"]:
        index = change.get("index")
        key = change["name"] + ("" if index is None else f"[{json.dumps(index)}]")
        kind = ("data." if change["mode"] == "data" else "") + change["type"]
        resources.setdefault(kind, {})[key] = _known(
            change["change"]["after"], change["change"]["after_unknown"]
        )
    outputs = {
        name: _known(change.get("after"), change["after_unknown"])
        for name, change in planned["output_changes"].items()
    }
    return Plan(resources, outputs)


def _known(after: Any, unknown: Any) -> Any:
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        values = dict(after or {})
        return values | {k: _known(values.get(k), u) for k, u in unknown.items() if u}
    if isinstance(unknown, list) and isinstance(after, list):
        return [
            _known(value, unknown[i] if i < len(unknown) else False)
            for i, value in enumerate(after)
        ]
    return after
