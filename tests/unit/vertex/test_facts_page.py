"""
The page that says which test shows which fact.
"""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
PAGE = REPOSITORY / "docs" / "local-cloud" / "batch-simulator.md"
NAMED = re.findall(r"\| (test_\w+\.py)::(test_\w+) \|", PAGE.read_text("utf-8"))


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 60
    assert len(NAMED) == PAGE.read_text("utf-8").count("::test_")


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_the_page_names_is_there(file: str, test: str) -> None:
    found = list((REPOSITORY / "tests").glob(f"*/**/{file}"))
    assert any(f"def {test}(" in path.read_text("utf-8") for path in found)
