"""A minute of everything that can go wrong; `make soak` runs for longer."""

from pathlib import Path

import pytest

from tests.soak.__main__ import main
from tests.soak.planning import plan
from tests.soak.running import soak

# One whose minute has every kind of act, and not many rows.
SEED = 34


def test_in_a_minute_of_faults_nothing_is_lost_or_billed_twice(tmp_path: Path) -> None:
    report = soak(plan(SEED, 1), tmp_path, print)

    assert report.wrongs == []
    # It is worth little if little happened.
    assert report.drops >= 30
    assert report.injected.total() >= 50
    assert report.found_by_looks >= 1
    assert sum(report.done[f"killed {f}"] for f in ("submit_job", "poll_jobs")) >= 2


def test_a_plan_can_be_seen_before_it_is_carried_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--plan", "--seed", "3", "--minutes", "2"]) == 0

    assert capsys.readouterr().out.encode() == plan(3, 2).told()


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "many"])
def test_a_length_that_can_not_be_is_refused(
    minutes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--minutes", minutes])

    assert refused.value.code == 2
    assert "--minutes" in capsys.readouterr().err
