"""
Jobs that are told to stop.
"""

from typing import Literal

import pytest

from localcloud.vertex.api.errors import ApiError
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.rows.orders import Told
from tests.unit.vertex.job_world import World

KNOBS = Knobs()
HOUR = 3600.0

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING = 90.0
RUNNING = 110.0


def test_a_pending_job_is_cancelled_at_once(world: World) -> None:
    name = world.create()
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.advance(0)
    cancelled = world.get(name)
    assert cancelled["state"] == "JOB_STATE_CANCELLED"
    assert cancelled["error"] == {"code": 1, "message": "CANCELED"}
    assert "endTime" in cancelled
    assert not {"startTime", "completionStats", "outputInfo"} & set(cancelled)
    world.advance(HOUR)
    assert world.state(name) == "CANCELLED"


def test_a_cancelled_job_leaves_the_rows_that_were_done(world: World) -> None:
    name = world.create()
    world.advance(PENDING + RUNNING * 0.65)
    world.cancel(name)
    cancelling = world.get(name)
    assert cancelling["state"] == "JOB_STATE_CANCELLING"
    assert "error" not in cancelling
    world.advance(4.9)
    assert world.state(name) == "CANCELLING"
    world.advance(0.1)
    cancelled = world.get(name)
    assert cancelled["state"] == "JOB_STATE_CANCELLED"
    assert cancelled["error"] == {"code": 1, "message": "CANCELED"}
    assert cancelled["completionStats"] == {
        "successfulCount": "6",
        "incompleteCount": "4",
    }
    assert len(world.written(name) or []) == 6


def test_a_cancelled_job_shows_its_error_at_the_end_and_not_before(
    world: World,
) -> None:
    name = world.create()
    world.held = {"export"}
    world.advance(PENDING + RUNNING / 2)
    world.cancel(name)
    world.advance(HOUR)
    assert world.state(name) == "CANCELLING"
    assert "error" not in world.get(name)
    world.held = set()
    world.advance(0)
    assert world.get(name)["error"]["code"] == 1


@pytest.mark.parametrize(("after", "work"), [(PENDING, "import"), (PENDING, "run")])
def test_news_that_a_cancel_has_overtaken_is_not_heard(
    world: World, after: float, work: Literal["import", "run"]
) -> None:
    name = world.create()
    world.held = {work}
    world.advance(after)
    world.cancel(name)
    assert world.orders[-1].work == "stop"
    world.engine.told(Told(work=work, job=name[-19:], rows=10))
    assert world.state(name) == "CANCELLING"
    world.engine.told(Told(work=work, job="7" * 19, rows=10))
    world.held = set()
    world.advance(HOUR)
    assert world.state(name) == "CANCELLED"


def test_a_job_cancelled_before_its_first_row_leaves_no_file(world: World) -> None:
    name = world.create()
    world.advance(PENDING)
    world.cancel(name)
    world.advance(5)
    assert world.state(name) == "CANCELLED"
    assert world.get(name)["completionStats"] == {"incompleteCount": "10"}
    assert world.written(name) is None


@pytest.mark.parametrize("after", [0.0, PENDING + RUNNING, PENDING])
def test_a_job_that_ends_cannot_be_cancelled_again(world: World, after: float) -> None:
    name = world.create()
    world.advance(after)
    if after < PENDING + RUNNING:
        world.cancel(name)
    with pytest.raises(ApiError) as refused:
        world.cancel(name)
    assert (refused.value.http_status, refused.value.code.name) == (
        400,
        "FAILED_PRECONDITION",
    )


def test_a_cancel_may_come_too_late(world: World) -> None:
    """
    CANCELLING may end as SUCCEEDED: the output was being written already.
    """
    name = world.create()
    world.held = {"export"}
    world.advance(PENDING + RUNNING)
    world.cancel(name)
    assert world.state(name) == "CANCELLING"
    world.held = set()
    world.advance(0)
    assert world.state(name) == "SUCCEEDED"
    assert len(world.written(name) or []) == 10
