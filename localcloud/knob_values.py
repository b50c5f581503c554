"""
Values of knobs as a user writes them behind `--knob NAME=`.
"""

import json
from typing import Any


def written(value: Any) -> str:
    """
    A value as it is given: text as it is, all else as JSON.
    """
    if isinstance(value, str):
        return value
    return json.dumps(list(value) if isinstance(value, tuple) else value)
