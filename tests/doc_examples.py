"""
The examples of the documentation, as they are printed.
"""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs" / "local-cloud"

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str = "") -> list[str]:
    """
    The blocks of a page that are in a language, in order.
    """
    text = (DOCS / page).read_text(encoding="utf-8")
    return [body for name, body in _BLOCK.findall(text) if name == language]


def file_of(page: str, name: str) -> str:
    """
    The one block of a page whose first line says that it is this file.
    """
    (found,) = (
        body
        for language in ("python", "toml", "ini", "jsonl", "")
        for body in blocks(page, language)
        if body.startswith(f"# {name}\n")
    )
    return found
