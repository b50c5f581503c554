"""
docs/local-cloud/faults.md: its tables are the code's, and its scenario is one.
"""

import re
from pathlib import Path

from localcloud.control.scenario import read_scenario
from localcloud.control.tables import PAGE, filled


def test_the_tables_are_made_from_what_there_is() -> None:
    page = PAGE.read_text()
    assert filled(page) == page, "run python -m localcloud.control.tables"
    assert page.count("| `create-lost-503` |") == 1
    assert page.count("| `cut_after_bytes` | storage |") == 1


def test_a_page_that_lags_behind_is_seen() -> None:
    page = PAGE.read_text()
    stale = page.replace("| `create-lost-503` |", "| `create-lost` |")
    assert stale != page
    assert filled(stale) == page


def test_the_scenario_on_the_page_is_one(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.S)
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    read = read_scenario(path)
    assert (read.seed, len(read.faults)) == (7, 2)
    assert read.knobs.output_info == "end"
    assert read.disturbance.copy_chance == 0.2
