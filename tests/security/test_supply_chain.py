"""What the deployed functions install: pinned, by content."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_ENTRY = re.compile(
    r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ;\\]+( ; [^\\]+)?"
    r"( \\\n    --hash=sha256:[0-9a-f]{64})+"
)


@pytest.mark.parametrize(
    "file",
    ["requirements.txt", "requirements-dev.txt", "requirements-genai3.txt",
     "requirements-checkov.txt", "requirements-mutation.txt"],
)  # fmt: skip
def test_every_package_is_pinned_with_its_hashes(file: str) -> None:
    """One hash in the file is enough for pip to ask for all of them."""
    text = (ROOT / file).read_text()
    entries = re.split(r"\n(?=[^ \n])", text.strip())

    assert len(entries) > 1
    for entry in entries:
        assert _ENTRY.fullmatch(entry), entry
    assert "://" not in text
