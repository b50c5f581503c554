"""
The catalogue: faults by name, each with the rules (or the disturbance) it stands for.
"""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec

SERVICES = ("vertex", "storage", "pubsub", "eventarc")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One fault. It has rules; or, as events don't come by calls, a disturbance; or it
    is how the service always is, and is here by name alone.
    """

    says: str
    """
    What it does, in one sentence.
    """
    facts: tuple[str, ...] = ()
    """
    The sections of the facts document that it plays.
    """
    rules: tuple[dict[str, Any], ...] = ()
    disturbance: dict[str, Any] = {}  # msgspec copies it
    always: bool = False
    name: str = ""
    service: str = ""

    def with_overrides(self, overrides: Mapping[str, Any]) -> list[dict[str, Any]]:
        """
        Its rules as plain data, each with these fields instead of its own.
        """
        common = {"name": self.name, "service": self.service}
        return [{**common, **rule, **overrides} for rule in self.rules]


@functools.cache
def catalogue() -> Mapping[str, Entry]:
    """
    Every entry by its name, in the order of the services.
    """
    found = {}
    folder = resources.files(__package__ or "localcloud.faults.catalogue")
    for service in SERVICES:
        read = tomllib.loads((folder / f"{service}.toml").read_text("utf-8"))
        for name, given in read.items():
            entry = msgspec.convert(given, Entry)
            found[name] = msgspec.structs.replace(entry, name=name, service=service)
    return found
