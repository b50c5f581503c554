"""
The configuration as a whole: its form, and the tests that are committed beside it.
"""

import re
from pathlib import Path

import pytest

from functions.poll_jobs import BACKSTOP
from tests.terraform.installing import DATA, ROOT
from tests.terraform.module import Module, copy_of_module, copy_of_variables

FOLDER = ROOT / "terraform"
# A top-level block, up to the line that ends it.
VARIABLE = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
RESOURCE = re.compile(
    r'^resource "(\w+)" "\w+" \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL
)
FILES = list(FOLDER.glob("*.tf"))
SERVICES = FOLDER / "services.tf"
MOCKED = re.compile(r"^mock_provider .*\{\}$", re.MULTILINE)
THEIRS = """
provider "google" {
  user_project_override = true
}

module "dropbatch" {
  source     = "../terraform"
  project_id = "dropbatch-local"
  region     = "us-central1"
}

module "second" {
  source        = "../terraform"
  project_id    = "dropbatch-local"
  region        = "europe-west4"
  name          = "second"
  bucket_prefix = "acme-second"
}

resource "google_pubsub_subscription" "ours" {
  name  = "ours"
  topic = module.dropbatch.topic
}
"""


def variables() -> dict[str, str]:
    return {
        name: block
        for file in FOLDER.glob("*.tf")
        for name, block in VARIABLE.findall(file.read_text())
    }


def test_it_is_formatted_and_valid(terraform: str, tmp_path: Path) -> None:
    module = copy_of_module(terraform, tmp_path)

    assert module.run("fmt", "-check", "-recursive", "-diff") == ""
    assert "Success!" in module.run("validate", "-no-color")


def test_it_is_a_module_of_somebody_elses_configuration(
    terraform: str, tmp_path: Path
) -> None:
    """
    With their provider's settings, beside another deployment in the same project.
    """
    copy_of_module(terraform, tmp_path)
    (tmp_path / "theirs").mkdir()
    theirs = Module(terraform, tmp_path / "theirs", tmp_path / "theirs/.terraform")
    (theirs.folder / "main.tf").write_text(THEIRS)
    # Nothing is downloaded: these are what was set up.
    theirs.run("init", "-backend=false", f"-plugin-dir={DATA / 'providers'}")

    assert "Success!" in theirs.run("validate", "-no-color")


def test_every_variable_refuses_something(terraform: str, tmp_path: Path) -> None:
    """
    With a run for each in the tests that a user of the module can run; without the
    providers, which would take most of the time.
    """
    module = copy_of_variables(terraform, tmp_path)
    text = (FOLDER / "tests/refusals.tftest.hcl").read_text()
    (tmp_path / "refusals.tftest.hcl").write_text(MOCKED.sub("", text))
    said = module.run("test", "-no-color")
    runs = set(re.findall(r'run "(\w+)"\.\.\. pass', said))

    assert runs == set(variables())


@pytest.mark.parametrize("name", variables())
def test_every_variable_is_typed_explained_and_never_null(name: str) -> None:
    block = variables()[name]

    assert re.search(r"^  type += ", block, re.MULTILINE)
    assert re.search(r"^  nullable += false$", block, re.MULTILINE)
    assert re.search(r'^  description = "[A-Z].*\."$', block, re.MULTILINE)
    assert "  validation {" in block


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        ("google_cloudfunctions2_function", "time_sleep.grants"),
        ("google_monitoring_alert_policy", "time_sleep.metrics"),
        ("google_monitoring_dashboard", "time_sleep.metrics"),
        ("google_logging_metric", "time_sleep.apis"),
        ("google_service_account", "time_sleep.apis"),
        ("google_pubsub_topic", "time_sleep.key"),
        ("google_storage_bucket", "time_sleep.key"),
        ("google_project_service_identity", "time_sleep.apis"),
    ],
)
def test_what_is_too_early_without_a_wait_has_it(kind: str, waits: str) -> None:
    blocks = RESOURCE.findall("\n".join(file.read_text() for file in sorted(FILES)))
    found = [block for of, block in blocks if of == kind]

    assert found
    for block in found:
        assert re.search(rf"depends_on = \[[^]]*{re.escape(waits)}\b", block), kind


def test_every_service_that_is_used_is_enabled() -> None:
    """Without one, an apply on a new project fails; nothing else tells."""
    services = set(re.findall(r'"(\w+)\.googleapis\.com"', SERVICES.read_text()))

    assert services == {
        *("aiplatform", "artifactregistry", "cloudbuild", "cloudfunctions"),
        *("cloudscheduler", "eventarc", "iam", "logging", "monitoring", "pubsub"),
        *("run", "storage"),
    }


def test_the_schedulers_token_is_for_the_address_that_it_calls() -> None:
    """The inbox is looked at under a path of its own; the audience is the function."""
    tick, look = re.findall(
        r'^resource "google_cloud_scheduler_job".*?^\}$',
        (FOLDER / "poll_jobs.tf").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    address, audience = re.findall(r"^ +(?:uri|audience) += (.+)$", tick, re.MULTILINE)

    assert address == audience
    assert re.findall(r"^ +(?:uri|audience) += (.+)$", look, re.MULTILINE) == [
        f'"${{{address}}}{BACKSTOP}"',
        audience,
    ]


def test_nothing_but_ci_knows_of_stand_in_providers() -> None:
    """
    Elsewhere Terraform takes Google's, and a lock file would name the stand-ins'
    checksums.
    """
    assert "shared/terraform/setup" in (ROOT / ".ci/run").read_text()
    named = {
        str(file.relative_to(ROOT))
        for pattern in ("*", ".ci/*", "[a-z]*/**/*")
        for file in ROOT.glob(pattern)
        if "mutants" not in file.parts
        and file.suffix in ("", ".md", ".py", ".tf", ".hcl", ".toml", ".json")
        and file.is_file()
        and "terraform/setup" in file.read_text(errors="replace")
    }
    assert named == {".ci/run", "tests/terraform/test_configuration.py"}
    assert not (FOLDER / ".terraform.lock.hcl").exists()
    for file in FOLDER.glob("*.tf"):
        # No provider block: whoever uses this as a module has their own.
        assert not re.search(r"^provider ", file.read_text(), re.MULTILINE), file
