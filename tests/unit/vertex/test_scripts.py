"""
Jobs that go as a script says.
"""

import sqlite3

import pytest

from localcloud.faults.reading import read_rule
from localcloud.vertex.faults.rules import RUN, Fault
from localcloud.vertex.jobs.scripts import JobError, RowFault, Script
from localcloud.vertex.knobs import Knobs
from tests.unit.vertex.job_world import World

KNOBS = Knobs()
HOUR = 3600.0

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING = 90.0
RUNNING = 110.0


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("JOB_STATE_FAILED", JobError(code=13, message="INTERNAL")),
        ("JOB_STATE_CANCELLED", JobError(code=1, message="CANCELED")),
        ("JOB_STATE_EXPIRED", None),
        ("JOB_STATE_PARTIALLY_SUCCEEDED", None),
        ("JOB_STATE_OF_THE_FUTURE", None),
    ],
)
@pytest.mark.parametrize("share", [None, 0.5])
def test_any_end_can_be_scripted(
    world: World, state: str, error: JobError | None, share: float | None
) -> None:
    name = world.scripted(Script(state=state, after_share=share, error=error))
    world.advance(PENDING + (RUNNING * share if share else 0))
    ended = world.get(name)
    assert ended["state"] == state
    expected = None if error is None else {"code": error.code, "message": error.message}
    assert ended.get("error") == expected
    assert len(world.written(name) or []) == (5 if share else 0)
    world.advance(HOUR)
    assert world.state(name) == state.removeprefix("JOB_STATE_")


def test_an_end_without_output_can_be_scripted(world: World) -> None:
    script = Script(
        state="JOB_STATE_FAILED",
        after_share=1.0,
        export=False,
        knobs={"output_info": "never", "completion_stats": False},
    )
    name = world.scripted(script)
    world.advance(PENDING + RUNNING)
    failed = world.get(name)
    assert failed["error"]["code"] == 13
    assert not {"outputInfo", "completionStats"} & set(failed)


def test_a_job_can_be_stuck_and_go_on(world: World) -> None:
    script = Script(
        state="JOB_STATE_PAUSED", after_share=0.3, stuck=True, resume_after_seconds=60
    )
    name = world.scripted(script)
    world.advance(PENDING + RUNNING * 0.3)
    assert world.state(name) == "PAUSED"
    world.advance(59)
    assert world.get(name)["completionStats"]["successfulCount"] == "3"
    world.advance(1)
    assert world.state(name) == "RUNNING"
    world.advance(RUNNING * 0.7 - 1)
    assert world.state(name) == "RUNNING"
    world.advance(1.1)
    assert world.state(name) == "SUCCEEDED"


def test_a_stuck_job_can_be_cancelled(world: World) -> None:
    name = world.scripted(Script(state="JOB_STATE_PAUSED", after_share=0.5, stuck=True))
    world.advance(PENDING + 100 * HOUR)
    assert world.state(name) == "PAUSED"
    world.cancel(name)
    world.advance(5)
    assert world.state(name) == "CANCELLED"
    assert len(world.written(name) or []) == 5


def test_a_job_stuck_in_the_queue_expires(world: World) -> None:
    name = world.scripted(Script(state="JOB_STATE_QUEUED", stuck=True))
    world.advance(72 * HOUR - 1)
    assert world.state(name) == "QUEUED"
    world.advance(1)
    assert world.state(name) == "EXPIRED"


def test_a_cancel_can_be_ignored(world: World) -> None:
    name = world.scripted(Script(ignore_cancel=True))
    world.advance(PENDING + 10)
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"


def test_failed_rows_do_not_fail_the_job(world: World) -> None:
    name = world.scripted(Script(rows=(RowFault(share=1.0, code=3, message="no"),)))
    world.advance(PENDING + RUNNING)
    done = world.get(name)
    assert done["state"] == "JOB_STATE_SUCCEEDED"
    assert done["completionStats"] == {"failedCount": "10"}


def test_a_job_whose_script_an_older_version_stored_goes_on(world: World) -> None:
    """
    Fields that there are no longer, and values that no rule may have now.
    """
    name = world.scripted(Script(rows=(RowFault(share=1.0),)))
    job_id = name.rpartition("/")[2]
    stored = sqlite3.connect(world.folder / "jobs.sqlite3")
    with stored:
        stored.execute(
            "UPDATE jobs SET record = json_set(record, '$.script.output_info',"
            " json('false'), '$.script.completion_stats', json('false'),"
            " '$.script.rows[0].share', 7, '$.script.rows[0].kind', 'odd')"
            " WHERE id = ?",
            (job_id,),
        )
    stored.close()
    world.restart()
    world.advance(PENDING + RUNNING)
    assert world.state(name) == "SUCCEEDED"
    assert world.get(name)["completionStats"] == {"failedCount": "10"}


@pytest.mark.parametrize("field", ["output_info", "completion_stats"])
def test_what_a_knob_says_is_no_field_of_a_script_as_well(field: str) -> None:
    given = {"service": "vertex", "method": RUN, "script": {field: False}}
    with pytest.raises(ValueError, match=f"no `script.{field}`"):
        read_rule(given, {"vertex": Fault})
