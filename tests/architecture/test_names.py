"""One name end to end, and settings that the README shows as they are."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

import main
from shared.settings import Settings, variable

ROOT = Path(__file__).parents[2]


def test_every_entry_point_is_served_under_its_own_name() -> None:
    """The framework registers `__name__`: an alias would be served as HTTP."""
    for name in main.__all__:
        assert (ROOT / "functions" / f"{name}.py").is_file()
        assert getattr(main, name).__name__ == name


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text()
    shown = dict(re.findall(r"^\| `(DROPBATCH_\w+)` \| ([^|]+?) \|", readme, re.M))
    expected = {
        variable(field.name): "required"
        if field.default is MISSING
        else "(empty)"
        if field.default is None
        else f"`{field.default}`"
        for field in fields(Settings)
    }

    assert shown == expected
