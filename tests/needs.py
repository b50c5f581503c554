"""
What a test needs that a user's machine may lack.
"""

import os
import shutil

import pytest


def program(name: str) -> str:
    """
    Return the path of a program; where it is missing the test is skipped, or fails if
    `CI` is set, since there nothing may be left out in silence.
    """
    path = shutil.which(name)
    if path is None:
        reason = f"no {name} on this machine"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
