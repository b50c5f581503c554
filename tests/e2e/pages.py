"""
The programs that a documentation page prints.
"""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs" / "local-cloud"

_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.M)


def programs(page: str, language: str) -> list[str]:
    """
    Return the code blocks of a page in a language, in order.
    """
    text = (DOCS / page).read_text()
    return [m["text"] for m in _BLOCK.finditer(text) if m["language"] == language]
