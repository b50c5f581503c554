"""SIGKILL at random moments: see `killing.py`, which `make kill` runs for longer."""

from tests.e2e.killing import kill_and_count
from tests.e2e.pipeline import Pipeline


def test_a_killed_function_loses_no_drop_and_makes_no_second_job(
    running: Pipeline,
) -> None:
    toll = kill_and_count(running, kills=10, seed=7)

    assert sum(toll.kills.values()) == 10
    assert len(toll.kills) == 2
