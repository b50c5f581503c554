"""
What is given to be switched on: rules, and names of the catalogue.
"""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from localcloud.control.kinds import KINDS
from localcloud.faults.catalogue.entries import Entry, catalogue
from localcloud.faults.reading import build, read_rule
from localcloud.faults.rules import Rule
from localcloud.pipeline.delivery import Disturbance

# An entry that is only named, and not said to be otherwise, has these alone.
_ENTRY_FIELDS = {"name", "service"}


class Disturbing(msgspec.Struct, frozen=True, kw_only=True):
    """
    A disturbance of events, by the name it has in the catalogue.
    """

    name: str
    fields: dict[str, Any]


Given = Rule | Disturbing


def read_given(given: Any) -> list[Given]:
    """
    What plain data (one object or a list of them) switches on.

    A ValueError names what makes no sense, and the fix.
    """
    if isinstance(given, list):
        return [each for one in given for each in read_given(one)]
    if not isinstance(given, dict):
        return [read_rule(given, KINDS)]
    name = given.get("name")
    entry = catalogue().get(name) if isinstance(name, str) else None
    if entry is None:
        _check_name(given)
        return [read_rule(given, KINDS)]
    overrides = {key: value for key, value in given.items() if key != "name"}
    if overrides.get("service", entry.service) != entry.service:
        raise ValueError(
            f"the fault {entry.name!r} is one of {entry.service}, not of "
            f"{overrides['service']!r}: leave out `service`"
        )
    if entry.always:
        raise ValueError(
            f"{entry.name!r} is how the service always is: there is nothing to switch "
            "on"
        )
    if entry.disturbance:
        overrides.pop("service", None)
        return [_disturbing(entry, overrides)]
    return [read_rule(each, KINDS) for each in entry.with_overrides(overrides)]


def disturbed(base: Disturbance, fields: Mapping[str, Any]) -> Disturbance:
    """
    A disturbance with some fields set; a ValueError if they make no sense.
    """
    built = build(Disturbance, fields)
    return replace(base, **{name: getattr(built, name) for name in fields})


def _disturbing(entry: Entry, overrides: dict[str, Any]) -> Disturbing:
    fields = {**entry.disturbance, **overrides}
    disturbed(Disturbance(), fields)
    return Disturbing(name=entry.name, fields=fields)


def _check_name(given: dict[str, Any]) -> None:
    """
    A ValueError if a fault is meant by a name that there isn't.
    """
    if "name" not in given or not set(given) <= _ENTRY_FIELDS:
        return
    name = str(given["name"])
    near = difflib.get_close_matches(name, catalogue(), n=1)
    hint = ": `dropbatch faults list` shows them"
    if near:
        hint = f" (did you mean {near[0]!r}?)"
    raise ValueError(f"there is no fault {name!r} in the catalogue{hint}")
