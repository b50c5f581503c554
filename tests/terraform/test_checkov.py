"""
checkov finds nothing in the configuration, and each exception is argued on its line.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.needs import lack
from tests.terraform.installing import ROOT
from tests.terraform.plans import UNKNOWN, Plan

CHECKOV = Path(sys.prefix) / "checkov" / "bin" / "checkov"


def found(folder: Path, *arguments: str) -> dict[str, Any]:
    """
    What checkov says of what lies in a folder.
    """
    if not CHECKOV.exists():
        lack("checkov is not set up (make .venv/checkov/.installed)")
    done = subprocess.run(
        [
            *(str(CHECKOV), *arguments),
            *("--output", "json", "--compact", "--quiet", "--skip-download"),
        ],
        cwd=folder,
        # It would look for a token, and settings, of the user's.
        env={"PATH": os.defpath, "HOME": str(folder), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["passed"] > 0
    return told


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for file in (ROOT / "terraform").glob("*.tf"):
        shutil.copy(file, tmp_path)
    return tmp_path


def test_the_configuration_is_clean(copied: Path) -> None:
    told = found(copied, "--directory", ".", "--framework", "terraform")

    assert [
        f"{check['check_id']} {check['resource']}: {check['check_name']}"
        for check in told["results"]["failed_checks"]
    ] == []


def test_what_is_found_in_a_plan_is_argued_and_nothing_else(
    copied: Path, plans: Mapping[str, Plan]
) -> None:
    """
    A plan has the values that the configuration only refers to, so it is there that
    each exception must be needed. Its findings are read without the exceptions.
    """
    argued = set()
    for file in copied.glob("*.tf"):
        for line in file.read_text().splitlines():
            if "checkov:skip=" in line:
                check, _, reason = line.split("checkov:skip=")[1].partition(":")
                assert len(reason.split()) >= 3, line
                argued.add((check, file.name))
        file.write_text(file.read_text().replace("checkov:skip=", "once: "))
    (copied / "plan.json").write_text(json.dumps(as_shown(plans["defaults"])))
    told = found(
        copied,
        *("--file", "plan.json", "--framework", "terraform_plan"),
        *("--repo-root-for-plan-enrichment", "."),
    )

    assert {
        (check["check_id"], check["file_path"].lstrip("/"))
        for check in told["results"]["failed_checks"]
    } == argued


def as_shown(plan: Plan) -> dict[str, Any]:
    """
    The plan as `terraform show -json` has it, as far as checkov looks.
    """
    resources = []
    for kind, found in plan.resources.items():
        for key, values in found.items():
            name, _, index = key.partition("[")
            resources.append(
                {
                    "address": f"{kind}.{key}",
                    "mode": "managed",
                    "type": kind,
                    "name": name,
                    **({"index": json.loads(index[:-1])} if index else {}),
                    "values": _known(values),
                }
            )
    changes = [
        {
            **resource,
            "change": {
                "actions": ["create"],
                "before": None,
                "after": resource["values"],
            },
        }
        for resource in resources
        if not resource["type"].startswith("data.")
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
    }


def _known(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {k: _known(v) for k, v in values.items() if v != UNKNOWN}
    if isinstance(values, list):
        return [_known(value) for value in values]
    return values
