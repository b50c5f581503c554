"""
The pages of the local cloud: each example does what the page says.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.doc_pages import (
    FOLDER,
    RUNNABLE,
    Page,
    all_pages,
    matches,
    read_page,
    run_page,
)
from tests.running_cloud import RunningCloud, running_cloud

PAGES = all_pages()


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """
    Google's services alone; jobs last as long as the pages' examples need.
    """
    folder = tmp_path_factory.mktemp("docs") / "data"
    with running_cloud(folder, "--bare", "--speed", "2") as running:
        yield running


def named(page: Page) -> str:
    return page.path.stem


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_examples_of_a_page_run_as_printed(
    page: Page, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name = "cloud" if page.pipeline else "services"
    cloud: RunningCloud = request.getfixturevalue(name)
    run_page(page, cloud, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_example_is_left_out(page: Page) -> None:
    """
    Every block that could be run is run, or says that it is only shown.
    """
    assert [
        f"line {block.line}"
        for block in page.blocks
        if block.language in RUNNABLE and not block.role
    ] == []


def test_the_index_names_every_page() -> None:
    index = (FOLDER / "README.md").read_text()
    pages = {path.name for path in FOLDER.glob("*.md")} - {"README.md"}
    assert pages
    assert {name for name in pages if f"]({name})" not in index} == set()


def page_of(tmp_path: Path, text: str) -> Page:
    path = tmp_path / "page.md"
    path.write_text(text)
    return read_page(path)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("```sh run\nfalse\n```\n", "line 1:\nfalse"),
        ("```sh run\ntrue\n```\n\n```sh run\nlost\n```\n", "line 5:\nlost"),
        ("```sh run\necho a\n```\n```text output\nb\n```\n", "was printed"),
        ("```sh run\nfalse | true\n(exit 3)\ntrue\n```\n", "exit 3"),
    ],
)
def test_an_example_that_does_not_hold_is_told(
    services: RunningCloud, tmp_path: Path, body: str, told: str
) -> None:
    page = page_of(tmp_path, body)
    folder = tmp_path / "run"
    folder.mkdir()
    with pytest.raises(AssertionError, match=told):
        run_page(page, services, folder)


def test_one_shell_runs_a_page_from_the_top_down(
    services: RunningCloud, tmp_path: Path
) -> None:
    page = page_of(
        tmp_path,
        "```text file=name.txt\nworld\n```\n"
        "```sh run\nexport GREETING=hello\nsleep 60 &\n```\n"
        "```sh shown\nfalse\n```\n"
        '```sh run\necho "$GREETING, $(cat name.txt)"\necho more\n```\n'
        "```text output\nh…o, world\n…\n```\n",
    )
    folder = tmp_path / "run"
    folder.mkdir()
    run_page(page, services, folder)


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "a", True),
        ("a\n", "a\nb\n", False),
        ("a…c\n", "abbc\n", True),
        ("a…c\n", "ab\nbc\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nd\n", True),
        ("a\n…\nd\n", "a\nb\n", False),
        ("…\n", "", True),
        ("a.c\n", "abc\n", False),
    ],
)
def test_an_ellipsis_stands_for_what_may_differ(
    expected: str, printed: str, same: bool
) -> None:
    assert matches(expected, printed) is same
