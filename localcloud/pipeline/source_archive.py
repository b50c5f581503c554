"""
The one archive that is deployed: what ships is listed, and built the same each time.
"""

import compileall
import hashlib
import io
import shutil
import zipfile
from pathlib import Path, PurePosixPath

_SINGLE = ("main.py", "requirements.txt")
_TREES = ("functions", "shared")

# The oldest date that a zip can hold: content alone makes the archive.
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = 0o100644 << 16


class NoSourceError(FileNotFoundError):
    """
    The folder doesn't hold what is deployed.
    """


def source_files(root: Path) -> list[PurePosixPath]:
    """
    List what ships, sorted: main.py, requirements.txt, and the Python files of
    functions/ and shared/, but for hidden ones. Nothing else does.

    Raises NoSourceError if main.py or requirements.txt is missing.
    """
    for name in _SINGLE:
        if not (root / name).is_file():
            raise NoSourceError(f"{root} holds no {name}: it is not dropbatch's source")
    trees = [path for tree in _TREES for path in (root / tree).rglob("*.py")]
    files = [root / name for name in _SINGLE] + trees
    listed = (PurePosixPath(file.relative_to(root)) for file in files)
    return sorted(file for file in listed if "/." not in str(file))


def build(root: Path) -> bytes:
    """
    Build the archive; the same files give the same bytes, on any machine and day.

    It is not compressed, since compressed bytes depend on the version of zlib.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name in source_files(root):
            entry = zipfile.ZipInfo(str(name), date_time=_DATE)
            entry.create_system = _UNIX
            entry.external_attr = _MODE
            archive.writestr(entry, (root / name).read_bytes())
    return content.getvalue()


def unpack(archive: bytes, into: Path) -> Path:
    """
    Unpack an archive in a folder of its own under `into`; return that folder.

    The folder is named by the archive's content, is complete if it is there, and is
    compiled as the buildpack does it. Folders of other archives are removed.
    """
    target = into / hashlib.sha256(archive).hexdigest()[:16]
    into.mkdir(parents=True, exist_ok=True)
    for other in into.iterdir():
        if other != target:
            shutil.rmtree(other, ignore_errors=True)
    if not target.is_dir():
        partial = target.with_suffix(".part")
        with zipfile.ZipFile(io.BytesIO(archive)) as content:
            content.extractall(partial)
        compileall.compile_dir(partial, quiet=2)
        partial.rename(target)
    return target
