"""
What a refusal at plan time is made of.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Refused(NamedTuple):
    """
    Values of variables, and pieces of the message: the value and the fix.
    """

    values: Mapping[str, Any]
    says: tuple[str, ...]
