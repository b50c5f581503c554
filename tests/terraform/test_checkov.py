"""
checkov finds nothing in the configuration, and each exception is argued on its line.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.needs import lack
from tests.terraform.installing import ROOT

CHECKOV = Path(sys.prefix) / "checkov" / "bin" / "checkov"


def found(folder: Path) -> dict[str, Any]:
    """
    What checkov says of a folder.
    """
    if not CHECKOV.exists():
        lack("checkov is not set up (make .venv/checkov/.installed)")
    done = subprocess.run(
        [
            *(str(CHECKOV), "--directory", str(folder), "--framework", "terraform"),
            *("--output", "json", "--compact", "--quiet", "--skip-download"),
        ],
        # It would look for a token, and settings, of the user's.
        env={"PATH": os.defpath, "HOME": str(folder), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for file in (ROOT / "terraform").glob("*.tf"):
        shutil.copy(file, tmp_path)
    return tmp_path


def test_the_configuration_is_clean(copied: Path) -> None:
    told = found(copied)
    failed = [
        f"{check['check_id']} {check['resource']}: {check['check_name']}"
        for check in told["results"]["failed_checks"]
    ]

    assert failed == []
    assert told["summary"]["passed"] > 0
    assert told["summary"]["parsing_errors"] == 0


def test_each_exception_is_argued_on_its_line_and_needed(copied: Path) -> None:
    """
    Without the words for checkov, each of them is a finding.
    """
    argued = set()
    for file in copied.glob("*.tf"):
        for line in file.read_text().splitlines():
            if "checkov:skip=" in line:
                check, _, reason = line.split("checkov:skip=")[1].partition(":")
                assert len(reason.split()) >= 3, line
                argued.add((check, file.name))
        file.write_text(file.read_text().replace("checkov:skip=", "once: "))
    told = found(copied)

    assert argued == {
        (check["check_id"], check["file_path"].lstrip("/"))
        for check in told["results"]["failed_checks"]
    }
