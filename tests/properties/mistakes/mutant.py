"""What a mistake is: a text of the code, and what stands in its place."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_NEEDED = ("functions", "schemas", "shared", "tests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """
    A mistake: in `file`, `right` once becomes `wrong`, and so do the pairs that are
    `also` needed. `story` is the one whose single mishaps show it, and `start` the
    state whose schedules do, where many others would be run before; `test` is one that
    shows it, where only somebody who looks in between can tell.
    """

    file: str
    right: str
    wrong: str
    also: tuple[tuple[str, str], ...] = ()
    story: str = ""
    start: str = ""
    test: str = ""


@contextlib.contextmanager
def planted(mutant: Mutant) -> Iterator[Path]:
    """
    Have the code with this mistake in it; where it is. What all of it but the one file
    has been compiled to is there.
    """
    package, _, _ = mutant.file.partition("/")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in _NEEDED:
            if name == package:
                shutil.copytree(_ROOT / name, root / name)
            else:
                (root / name).symlink_to(_ROOT / name)
        file = root / mutant.file
        text = file.read_text()
        for right, wrong in ((mutant.right, mutant.wrong), *mutant.also):
            if text.count(right) != 1:
                raise ValueError(f"{mutant.file} does not hold this once:\n{right}")
            text = text.replace(right, wrong)
        file.write_text(text)
        yield root
