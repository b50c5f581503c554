"""
The archive that Terraform builds: what the tests serve and the local cloud runs.
"""

import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from localcloud.pipeline.source_archive import source_files
from tests.terraform.installing import ROOT
from tests.terraform.module import copy_of_archive
from tests.terraform.plans import Plan


def built(terraform: str, folder: Path) -> bytes:
    """
    The archive that is built from a folder.
    """
    module = copy_of_archive(terraform, folder)
    module.test('run "archive" {\n  command = plan\n}\n')
    (archive,) = module.folder.glob(".build/*.zip")
    return archive.read_bytes()


@pytest.fixture(scope="module")
def archive(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return built(terraform, tmp_path_factory.mktemp("archive"))


def test_it_holds_the_files_that_are_served_byte_for_byte(archive: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as holding:
        names = [entry.filename for entry in holding.infolist()]
        assert sorted(names) == [str(name) for name in source_files(ROOT)]
        for name in names:
            assert holding.read(name) == (ROOT / name).read_bytes(), name


def test_the_same_files_make_the_same_bytes_anywhere(
    terraform: str, archive: bytes, tmp_path: Path
) -> None:
    """
    In another folder, with other times and modes, beside files that don't ship.
    """
    other = tmp_path / "some where else"
    other.mkdir()
    for name in ("main.py", "requirements.txt", "functions", "shared"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, other / name)
        else:
            shutil.copy(source, other)
    for file in [*other.rglob("*.py"), other / "requirements.txt"]:
        file.chmod(0o700)
        os.utime(file, (1, 1))
    (other / "shared/notes.md").write_text("not shipped")
    (other / "shared/__pycache__").mkdir(exist_ok=True)
    (other / "shared/__pycache__/x.cpython-311.pyc").write_bytes(b"not shipped")
    (other / "shared/.venv/lib").mkdir(parents=True)
    (other / "shared/.venv/lib/x.py").write_text("not shipped")
    (other / ".env").write_text("SECRET=not-shipped")
    (other / "conftest.py").write_text("")

    assert built(terraform, other) == archive


def test_a_changed_file_is_another_archive(
    terraform: str, archive: bytes, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "shared", tmp_path / "shared")
    with (tmp_path / "shared/errors.py").open("a") as file:
        file.write("# changed\n")

    assert built(terraform, tmp_path) != archive


def test_the_object_is_named_by_the_archive(
    plans: Mapping[str, Plan], archive: bytes
) -> None:
    """
    So that the functions are deployed anew exactly when their code has changed.
    """
    name = f"source-{hashlib.sha256(archive).hexdigest()}.zip"

    for plan in plans.values():
        assert plan.one("google_storage_bucket_object", "source")["name"] == name
