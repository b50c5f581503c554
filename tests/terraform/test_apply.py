"""
One apply makes it, a plan after that is empty, and a destroy leaves nothing: with
stand-in providers alone, since nothing here may ever touch a real project.
"""

import json
import os
import re
from pathlib import Path

import pytest

from tests.needs import lack
from tests.terraform.installing import ROOT
from tests.terraform.module import Module, copy_of_module

_TESTS = (ROOT / "terraform/tests/plans.tftest.hcl").read_text()
_VARIABLES = re.compile(
    r'^run "(\w+)" \{\n.*?^  variables \{\n(.*?)^  \}$', re.MULTILINE | re.DOTALL
)


@pytest.fixture(autouse=True)
def stand_ins() -> None:
    """
    An apply with Google's own providers is billed: where there are no others the tests
    are skipped, and fail with CI=true.
    """
    if os.environ.get("TERRAFORM_PROVIDERS") != "standin":
        lack("nothing is applied but with stand-in providers (.ci/run)")


def values(run: str) -> str:
    """
    The variables of a run of the committed tests, as a file of variables has them.
    """
    own = dict(_VARIABLES.findall(_TESTS)).get(run, "") if run != "defaults" else ""
    required = {"project_id": "dropbatch-local", "region": "us-central1"}
    given = set(re.findall(r"^    (\w+) +=", own, re.MULTILINE))
    lines = [f'{k} = "{v}"\n' for k, v in required.items() if k not in given]
    return "".join(lines) + own


@pytest.mark.parametrize("run", ["defaults", "everything"])
def test_an_apply_leaves_nothing_to_do_and_a_destroy_nothing(
    terraform: str, tmp_path: Path, run: str
) -> None:
    module = copy_of_module(terraform, tmp_path)
    (module.folder / "terraform.tfvars").write_text(values(run))

    module.run("apply", "-auto-approve", "-input=false", "-no-color")
    made = module.run("state", "list").splitlines()
    # Ends with 2 if there is anything to do.
    module.run("plan", "-detailed-exitcode", "-input=false", "-no-color")
    check_outputs(module)
    check_members(module)
    # The plan has just looked at all of it.
    now = ("-auto-approve", "-refresh=false")
    module.run("destroy", *now, "-input=false", "-no-color")

    assert len(made) > 60
    assert module.run("state", "list") == ""


def check_outputs(module: Module) -> None:
    """
    Every output says something, and nothing of it is unknown.
    """
    said = module.run("output", "-no-color")

    assert "drop_a_file" in said
    assert "(known after apply)" not in said
    assert "null" not in said


def check_members(module: Module) -> None:
    """
    Each grant is to whom its key says: here Google's own addresses are known as well.
    """
    shown = json.loads(module.run("show", "-json"))["values"]["root_module"]
    made = shown["resources"]
    emails = {
        each["index"]: each["values"]["email"]
        for each in made
        if each["type"] in ("google_service_account", "google_project_service_identity")
    }
    (storage,) = (
        each["values"]["email_address"]
        for each in made
        if each["type"] == "google_storage_project_service_account"
    )
    grants = {
        (each["index"].partition(" ")[0], each["values"]["member"])
        for each in made
        if each["name"] == "grant" and "index" in each
    }

    assert grants == {
        (to, f"serviceAccount:{email}")
        for to, email in {**emails, "storage": storage}.items()
    }
