"""
Numbers that are numbers: TOML and Python's JSON know NaN and infinity as well.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any


def is_finite(value: Any) -> bool:
    """
    Whether plain data holds neither NaN nor infinity, at any depth.
    """
    match value:
        case float():
            return math.isfinite(value)
        case str() | bytes():
            return True
        case Mapping():
            return all(map(is_finite, value.values()))
        case Iterable():
            return all(map(is_finite, value))
    return True
