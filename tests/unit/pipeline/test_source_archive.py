import io
import os
import zipfile
from pathlib import Path

import pytest

from localcloud.pipeline.source_archive import NoSourceError, build, unpack

SHIPPED = {
    "main.py": "import shared.a\n",
    "requirements.txt": "x==1\n",
    "functions/__init__.py": "",
    "functions/submit_job.py": "1\n",
    "shared/__init__.py": "",
    "shared/a.py": "2\n",
    "shared/adapters/b.py": "3\n",
}
LEFT = {
    ".env": "secret",
    "conftest.py": "",
    "shared/notes.md": "",
    "shared/__pycache__/a.cpython-311.pyc": "",
    "tests/test_a.py": "",
    "localcloud/x.py": "",
    ".venv/lib/y.py": "",
    "shared/.venv/lib/y.py": "",
    "functions/.ipynb_checkpoints/submit_job.py": "",
}


def write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def names(archive: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(archive)).namelist()


def test_what_is_listed_ships_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED | LEFT)

    assert names(build(tmp_path)) == sorted(SHIPPED)


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "one", SHIPPED)
    write(tmp_path / "two", dict(reversed(SHIPPED.items())) | LEFT)
    for file in (tmp_path / "two").rglob("*.py"):
        os.utime(file, (1, 1))
        file.chmod(0o700)

    assert build(tmp_path / "one") == build(tmp_path / "two")


@pytest.mark.parametrize("missing", ["main.py", "requirements.txt"])
def test_a_folder_that_is_not_the_source_is_refused(
    tmp_path: Path, missing: str
) -> None:
    write(tmp_path, {k: v for k, v in SHIPPED.items() if k != missing})

    with pytest.raises(NoSourceError, match=f"holds no {missing}"):
        build(tmp_path)


def test_an_archive_is_unpacked_whole_and_replaces_another(tmp_path: Path) -> None:
    write(tmp_path / "source", SHIPPED)
    first = unpack(build(tmp_path / "source"), tmp_path / "into")
    assert unpack(build(tmp_path / "source"), tmp_path / "into") == first

    write(tmp_path / "source", {"main.py": "new"})
    second = unpack(build(tmp_path / "source"), tmp_path / "into")

    assert second != first
    assert not first.exists()
    assert (second / "main.py").read_text() == "new"
    assert (second / "shared/adapters/b.py").read_text() == "3\n"


def test_unpacking_that_broke_off_is_done_again(tmp_path: Path) -> None:
    write(tmp_path / "source", SHIPPED)
    archive = build(tmp_path / "source")
    whole = unpack(archive, tmp_path / "into")
    whole.rename(whole.with_suffix(".part"))
    (whole.with_suffix(".part") / "main.py").unlink()

    assert (unpack(archive, tmp_path / "into") / "main.py").exists()
