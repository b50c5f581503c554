"""
Pages of documentation whose examples are run as they are printed.

A fenced block says after its language what it is for:

    ```sh run                it is run, in one shell a page, from the top down
    ```sh run needs=gcloud   so too; where gcloud is missing the page is skipped
    ```text output           what the block before it has printed
    ```python file=batch.py  it is written into a file of that name
    ```sh shown              it is not run; what is around it says why

In an expected output `…` stands for any text of a line, and a line of `…` alone for
any lines. A page that has `<!-- runs on: pipeline -->` gets the whole local cloud, all
others Google's services alone. The shell begins as a user's does: with no variable of
the door, in a folder in which `.venv` and `examples` are those of the repository.
"""

import contextlib
import os
import re
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests import needs
from tests.running_cloud import RunningCloud

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/local-cloud"

# Languages in which a block is an example, and not a table or a piece of output.
RUNNABLE = frozenset({"bash", "console", "hcl", "python", "sh", "shell"})
_ROLES = frozenset({"run", "output", "shown"})

_BLOCK = re.compile(r"^```(\w+)?[ \t]*([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """
    A fenced block, and the line of the page in which it begins.
    """

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def role(self) -> str:
        """`run`, `output`, `shown` or `file`; empty if it says nothing."""
        if self.value("file"):
            return "file"
        return next((word for word in self.words if word in _ROLES), "")

    def value(self, name: str) -> str:
        """What stands behind `name=`; empty if it isn't there."""
        found = (w.partition("=") for w in self.words)
        return next((value for key, _, value in found if key == name), "")


@dataclass(slots=True)
class Page:
    """
    A page, taken apart.
    """

    path: Path
    blocks: list[Block] = field(default_factory=list)
    pipeline: bool = False

    @property
    def is_run(self) -> bool:
        """Whether any of its blocks says what it is for."""
        return any(block.role for block in self.blocks)


def read_page(path: Path) -> Page:
    text = path.read_text()
    page = Page(path, pipeline="<!-- runs on: pipeline -->" in text)
    for match in _BLOCK.finditer(text):
        page.blocks.append(
            Block(
                language=match[1] or "",
                words=tuple(match[2].split()),
                text=match[3],
                line=text.count("\n", 0, match.start()) + 1,
            )
        )
    return page


def all_pages() -> list[Page]:
    """
    Every page of the local cloud that has examples to run.
    """
    pages = [read_page(path) for path in sorted(FOLDER.glob("*.md"))]
    return [page for page in pages if page.is_run]


def run_page(page: Page, cloud: RunningCloud, folder: Path) -> None:
    """
    Run a page's examples in a folder; fail unless all of them do what they say.
    """
    for block in page.blocks:
        if block.role == "file":
            (folder / block.value("file")).write_text(block.text)
        for name in filter(None, block.value("needs").split(",")):
            needs.program(name)
    for name in (".venv", "examples"):
        (folder / name).symlink_to(ROOT / name)
    ran = [block for block in page.blocks if block.role == "run"]
    script = folder / "page.sh"
    script.write_text(_script(ran))
    failed = _bash(script, _environment(cloud, folder))
    for number, block in enumerate(ran):
        printed, error = folder / f"{number}.out", folder / f"{number}.err"
        last = not (folder / f"{number + 1}.out").exists()
        assert not (failed and last), _told(page, block, error.read_text())
        _check_output(page, block, printed.read_text())


def _environment(cloud: RunningCloud, folder: Path) -> dict[str, str]:
    # `dropbatch env` finds the cloud where it finds it on a user's machine.
    cache = folder / "cache"
    (cache / "dropbatch").mkdir(parents=True)
    (cache / "dropbatch/local").symlink_to(cloud.folder)
    return dict(os.environ) | {"XDG_CACHE_HOME": str(cache)}


def _script(ran: list[Block]) -> str:
    lines = ["set -e", 'cd "$(dirname "$0")"']
    for number, block in enumerate(ran):
        lines += ["{", block.text, "} " + f">{number}.out 2>{number}.err </dev/null"]
    return "\n".join([*lines, ""])


def _bash(script: Path, environment: dict[str, str]) -> bool:
    """
    Run the script and end whatever it has left in the background; say if it failed.
    """
    with subprocess.Popen(
        [needs.program("bash"), str(script)], env=environment, start_new_session=True
    ) as shell:
        try:
            return shell.wait(_SECONDS) != 0
        except subprocess.TimeoutExpired:
            return True
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)


def _check_output(page: Page, block: Block, printed: str) -> None:
    following = page.blocks[page.blocks.index(block) + 1 :][:1]
    if not following or following[0].role != "output":
        return
    told = f"{printed}\nwas printed, and the page says\n{following[0].text}"
    assert matches(following[0].text, printed), _told(page, block, told)


def matches(expected: str, printed: str) -> bool:
    """
    Whether what was printed is what a page says.
    """
    pattern = []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == "…":
            pattern.append(r"(?:[^\n]*\n)*?")
        else:
            escaped = (re.escape(part) for part in line.rstrip().split("…"))
            pattern.append(r"[^\n]*".join(escaped) + r"[ \t]*\n")
    return re.fullmatch("".join(pattern), printed.rstrip("\n") + "\n") is not None


def _told(page: Page, block: Block, what: str) -> str:
    return f"{page.path.name}, line {block.line}:\n{block.text}\n{what}"
