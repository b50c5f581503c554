"""
A project that isn't ours, in a folder of its own, tested by a pytest of its own.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.doc_examples import file_of

SECONDS = 120


class OtherProject:
    """
    Files, and what pytest says of them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        # Settings of the run that we are in are none of its business.
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "PYTHONPATH"))
        }

    def documented(self, *names: str) -> None:
        """
        Write files as the documentation prints them.
        """
        for name in names:
            self.write(name, file_of("pytest.md", name))

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    @property
    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
            *("--basetemp", str(self.folder.parent / "base"), "-q"),
        ]

    def pytest(self, *arguments: str) -> "Outcome":
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)


class Outcome:
    """
    How a run ended, and what it printed.
    """

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        self.text = text

    def counts(self) -> dict[str, int]:
        """
        How many tests passed, failed, had errors.
        """
        found = re.findall(r"(\d+) (passed|failed|error|skipped)", self.text)
        return {name: int(count) for count, name in found}
