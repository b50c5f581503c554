"""
Every page that is made from the code, and the command that writes them (`make docs`).

A test fails when one of them is not what would be written.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from pages import bad_input, costs, runbook, simulated, terraform

# Each is made of what is written now, since people may have written part of it.
_MADE: Mapping[Path, Callable[[str], str]] = {
    bad_input.PAGE: lambda _: bad_input.page(),
    costs.PAGE: costs.page,
    runbook.PAGE: lambda _: runbook.page(),
    simulated.PAGE: lambda _: simulated.page(),
    terraform.PAGE: terraform.page,
}
PAGES = tuple(_MADE)


def made(page: Path) -> str:
    """
    The text of a page as it would be written now.
    """
    return _MADE[page](page.read_text(encoding="utf-8"))


def write() -> None:
    """
    Put each page into its place.
    """
    for page in PAGES:
        page.write_text(made(page), encoding="utf-8")


if __name__ == "__main__":
    write()
