"""What a running function takes for the legal files that take the most."""

import sys
from pathlib import Path

import pytest

from benchmarks.awkward_files import FILES
from benchmarks.process_memory import peak_mib, reset_peaks
from tests.e2e.pipeline import Pipeline

MOST_MIB = 256


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a peak")
@pytest.mark.parametrize(
    "name",
    ["one long text of escapes", "one text that grows wide", "many small values"],
)
def test_a_function_stays_within_its_memory(
    running: Pipeline, tmp_path: Path, name: str
) -> None:
    leader = running.cloud.status()["functions"]["submit_job"]["pid"]
    reset_peaks(leader)
    file = tmp_path / "awkward.jsonl"
    with file.open("wb") as out:
        out.writelines(FILES[name]())

    drop = running.drop_file(f"demo/{name}.jsonl", file)

    running.until_checked(drop)
    assert peak_mib(leader) < MOST_MIB
    assert running.message(drop, seconds=120)["outcome"] == "completed"
