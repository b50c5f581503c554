"""The page of threats: each one is named, and each has a test that exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
# What was thought of before there was code, and what has to stay on the page.
THREATS = (
    "name injection",
    "path traversal",
    "label and filter injection",
    "log injection",
    "prompts in logs, errors and messages",
    "confused deputy",
    "SSRF",
    "cost attack",
    "bytes swapped",
    "forged by writing into the state bucket",
    "public buckets",
    "without authentication",
    "forged messages",
    "trigger loop",
    "JSON and ZIP bombs",
    "accounts that may do too much",
    "supply chain",
)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]
_TEST = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")


@pytest.mark.parametrize("threat", THREATS)
def test_a_threat_has_its_row_and_a_test(threat: str) -> None:
    (row,) = [row for row in ROWS if threat in row[0]]

    assert _TEST.search(row[2])


def test_there_is_no_row_that_nobody_holds() -> None:
    assert len(ROWS) == len(THREATS)


def test_each_test_that_is_named_exists() -> None:
    for file, name in _TEST.findall(PAGE):
        tree = ast.parse((ROOT / file).read_text())
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in names, f"{file}::{name}"
