"""Every page that is made from the code is what would be written now."""

from pathlib import Path

import pytest

from pages.write import PAGES, made

ROOT = Path(__file__).parents[2]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_is_what_would_be_written(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == made(page), "run `make docs`"


def test_a_page_that_says_that_it_is_made_is_one_of_them() -> None:
    folders = [ROOT / "docs", ROOT / "terraform"]
    saying = {
        page
        for folder in folders
        for page in folder.rglob("*.md")
        if "`make docs`" in page.read_text(encoding="utf-8")
    }

    assert saying == set(PAGES)
