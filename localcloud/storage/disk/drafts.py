"""
What callers ask the store for: new generations, and the ones they act on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.storage.rules.preconditions import Preconditions

ANYTHING = Preconditions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    What a new generation shall be, apart from its content.
    """

    bucket: str
    name: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    An existing generation, the live one if none is named, and what must hold of it.
    """

    bucket: str
    name: str
    generation: int | None = None
    conditions: Preconditions = ANYTHING
