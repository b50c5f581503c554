"""
A copy of the Terraform module, with what it reads, in a folder where it may be run.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.terraform.installing import DATA, LOCK, ROOT, environment

_READ = ("main.py", "requirements.txt", "functions", "shared")
_LEFT = shutil.ignore_patterns("__pycache__", ".terraform*", ".build", "*.tfstate*")
_VARIABLES = """
variables {
  project_id = "dropbatch-local"
  region     = "us-central1"
}
"""
_SECONDS = 300
# A top-level block of a formatted file begins at the edge, and so does its end.
_BLOCK = re.compile(r"^[a-z]+ .*?^\}$", re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"\bgoogle_[a-z]|\bdata\.|\btime_[a-z]")


class TerraformError(AssertionError):
    """
    Terraform said no; the text is what it said.
    """


@dataclass(frozen=True, slots=True)
class Module:
    """
    Terraform in one folder, with the providers that lie in another.
    """

    terraform: str
    folder: Path
    data: Path = DATA

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """
        Return what a command prints; TerraformError if it ends with another code.
        """
        done = subprocess.run(
            [self.terraform, *arguments],
            cwd=self.folder,
            env={**environment(), "TF_DATA_DIR": str(self.data)},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode not in codes:
            raise TerraformError(f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def lines(self, *arguments: str) -> Iterator[dict[str, Any]]:
        """
        What a command says in JSON, line by line, whether it fails or not.
        """
        for line in self.run(*arguments, "-json", codes=(0, 1)).splitlines():
            yield json.loads(line)

    def test(self, text: str) -> None:
        """
        Run a test file with this text, over variables that say nothing special.

        Raises TerraformError if it fails.
        """
        folder = self.folder / "tests"
        folder.mkdir()
        (folder / "only.tftest.hcl").write_text(_VARIABLES + text)
        self.run("test", "-no-color")


def copy_of_module(terraform: str, into: Path) -> Module:
    """
    Everything that the module is and reads, copied under `into`.
    """
    _copy_read(into)
    shutil.copytree(ROOT / "terraform", into / "terraform", ignore=_LEFT)
    shutil.copy(LOCK, into / "terraform")
    return Module(terraform, into / "terraform")


def copy_of_archive(terraform: str, into: Path) -> Module:
    """
    What makes the archive, and no more, under `into`. Files that it is made of are
    copied where they are not there.
    """
    _copy_read(into)
    folder = into / "terraform"
    _copy_blocks(folder, 'data "archive_file" ')
    shutil.copy(LOCK, folder)
    return Module(terraform, folder)


def copy_of_variables(terraform: str, into: Path) -> Module:
    """
    The variables alone, and the names and patterns that they are checked by: what is
    refused is refused without any provider, a hundred times as fast.
    """
    _copy_blocks(into)
    return Module(terraform, into)


def _copy_read(into: Path) -> None:
    for name in _READ:
        source = ROOT / name
        if (into / name).exists():
            continue
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=_LEFT)
        else:
            shutil.copy(source, into)


def _copy_blocks(into: Path, *others: str) -> None:
    into.mkdir(exist_ok=True)
    for file in (ROOT / "terraform").glob("*.tf"):
        kept = [
            block
            for block in _BLOCK.findall(file.read_text())
            if block.startswith(("variable ", *others))
            or (block.startswith("locals ") and not _MADE.search(block))
        ]
        (into / file.name).write_text("\n\n".join([*kept, ""]))
    for data in (ROOT / "terraform").glob("*.json"):
        shutil.copy(data, into)
    shutil.copytree(ROOT / "terraform" / "runbook", into / "runbook")
