"""
Terraform, for tests: found, set up, and run in copies.
"""

import fcntl
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import asdict

import pytest

from tests.needs import lack, program
from tests.terraform.installing import environment, is_installed
from tests.terraform.module import copy_of_module
from tests.terraform.plans import Plan, plans_in

# Mocked values that a plan shows are new in it.
_OLDEST = (1, 11)


@pytest.fixture(scope="session")
def terraform() -> str:
    """
    Terraform's path. Where it or its providers are missing, tests are skipped, and fail
    with CI=true.
    """
    path = program("terraform")
    told = subprocess.run(
        [path, "version", "-json"], env=environment(), capture_output=True, check=True
    )
    version = json.loads(told.stdout)["terraform_version"]
    if tuple(map(int, version.split("-")[0].split("."))) < _OLDEST:
        lack(f"these tests need Terraform 1.11 or newer, this is {version}")
    if not is_installed():
        lack("Terraform's providers are not set up (make terraform)")
    return path


@pytest.fixture(scope="session")
def plans(
    terraform: str, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Plan]:
    """
    The plan of each run in `terraform/tests/plans.tftest.hcl`, by the run's name; made
    once, for all processes of the tests.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    kept = shared / "plans.json"
    with (shared / "plans.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            module = copy_of_module(terraform, tmp_path_factory.mktemp("planned"))
            file = "-filter=tests/plans.tftest.hcl"
            made = plans_in(module.lines("test", "-verbose", file))
            kept.write_text(json.dumps({run: asdict(p) for run, p in made.items()}))
    return {run: Plan(**found) for run, found in json.loads(kept.read_text()).items()}
