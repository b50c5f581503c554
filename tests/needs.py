"""
What a test needs that a user's machine may lack.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from tests.clients.installing import LANGUAGES

# For a Java that runs for seconds: half the work is in compiling it well.
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def program(name: str) -> str:
    """
    Return the path of a program; where it is missing the test is skipped, or fails if
    `CI` is set, since there nothing may be left out in silence.
    """
    path = shutil.which(name)
    if path is None:
        lack(f"no {name} on this machine")
    return path


def clients(language: str) -> Path:
    """
    Return the folder where Google's clients in a language are set up; where they are
    not, as for a program.
    """
    wanted = LANGUAGES[language]
    if not wanted.is_installed():
        lack(f"Google's clients in {language} are not set up (make clients)")
    return wanted.folder


def lack(reason: str) -> NoReturn:
    """
    Skip the test, with the reason; with CI=true it fails, since CI has everything.
    """
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)  # a user's machine: what is missing is named in the reason
