"""
`dropbatch local --time`: which times can be set, and how others are refused.
"""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from localcloud.pipeline.deployment import Deployment
from shared.settings import Settings, settings_from
from tests.e2e.doc_pages import FOLDER
from tests.e2e.faulty_cloud import command


@pytest.mark.parametrize(
    ("time", "code", "named"),
    [
        ("settle_seconds", 2, "NAME=SECONDS"),
        ("settle_seconds=soon", 2, "'soon'"),
        ("DROPBATCH_SETTLE=4", 2, "settle_seconds, "),
        ("nosuch=3", 2, "'nosuch': there are claim_lease_seconds, "),
        ("settle_seconds=4", 1, "create_timeout_seconds must be less than settle_se"),
        ("sweep_seconds=2", 1, "settle_seconds must be less than sweep_seconds"),
    ],
)
def test_a_time_that_can_not_be_is_refused_with_the_fix(
    tmp_path: Path, time: str, code: int, named: str
) -> None:
    refused = command("local", "--data", str(tmp_path), "--time", time, code=code)

    assert named in refused.stderr.splitlines()[-1]
    assert "DROPBATCH_SETTLE_SECONDS" not in refused.stderr


def test_the_page_has_the_times_of_here_and_of_a_deployment() -> None:
    text = (FOLDER / "see-it-happen.md").read_text(encoding="utf-8")
    here = settings_from(Deployment().settings())
    deployed = settings_from(
        {
            name: value
            for name, value in Deployment().settings().items()
            if not name.endswith("_SECONDS")
        }
    )
    names = [each.name for each in fields(Settings) if each.name.endswith("_seconds")]

    assert re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|$", text, re.M) == [
        (name, f"{getattr(here, name):.0f}", f"{getattr(deployed, name):.0f}")
        for name in names
    ]


def test_the_time_that_the_help_sets_is_one_that_can_be() -> None:
    text = command("local", "--help", code=0).stdout
    ((name, seconds),) = re.findall(r"(\w+_seconds)=(\d+)", text)

    settings_from(Deployment(times={name: float(seconds)}).settings())


@pytest.mark.parametrize("seconds", [0.5, 4.0, 1_234_567.0, 99_999_999.0])
def test_a_time_reaches_the_functions_as_it_was_given(seconds: float) -> None:
    times = Deployment(times={"backstop_window_seconds": seconds}).settings()

    assert float(times["DROPBATCH_BACKSTOP_WINDOW_SECONDS"]) == seconds
