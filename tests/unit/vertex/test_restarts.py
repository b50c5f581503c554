"""
Jobs that outlive the process that runs them.
"""

import pytest

from localcloud.vertex.knobs import Knobs
from tests.unit.vertex.conftest import MakeWorld
from tests.unit.vertex.job_world import World

KNOBS = Knobs()
HOUR = 3600.0

# PACE: 90 s PENDING, then 100 s and 1 s for each of 10 rows RUNNING.
PENDING = 90.0
RUNNING = 110.0


@pytest.mark.parametrize("at", [0.0, 0.5, 0.99])
def test_every_moment_survives_a_restart(world: World, at: float) -> None:
    name = world.create()
    world.advance((PENDING + RUNNING) * at)
    before = world.get(name)
    world.restart()
    assert world.get(name) == before
    world.advance((PENDING + RUNNING) * (1 - at) + 0.001)
    assert world.state(name) == "SUCCEEDED"
    assert len(world.written(name) or []) == 10


def test_work_in_hand_at_a_restart_is_done_again(world: World) -> None:
    """
    Whatever was ordered when the process ended: import, run, export, cancel.
    """
    names = []
    for _ in range(3):
        name = world.create()
        names.append(name)
        world.worker_works = False
        world.advance(PENDING)
        world.restart()
        world.worker_works = True
        world.advance(0)
        assert world.state(name) == "RUNNING"
    world.restart()
    world.cancel(names[2])
    world.restart()
    world.advance(RUNNING)
    world.restart()
    world.advance(RUNNING * 3)
    states = [world.state(name) for name in names]
    assert states == ["SUCCEEDED", "SUCCEEDED", "CANCELLED"]


def test_nothing_is_left_of_jobs_that_have_ended(world: World) -> None:
    ended, alive = world.create("ended"), world.create("alive")
    world.cancel(ended)
    world.advance(PENDING)
    for stray in ("1" * 19, ended[-19:]):
        (world.folder / "rows" / stray).mkdir()
    world.restart()
    left = [entry.name for entry in (world.folder / "rows").iterdir()]
    assert left == [alive[-19:]]
    world.advance(RUNNING)
    assert list((world.folder / "rows").iterdir()) == []


def test_a_new_worker_is_told_what_the_old_one_had_in_hand(world: World) -> None:
    name = world.create()
    world.worker_works = False
    world.advance(PENDING)
    world.orders.clear()
    world.engine.repeat_orders()
    world.worker_works = True
    world.advance(RUNNING)
    assert world.state(name) == "SUCCEEDED"


def test_a_thousand_jobs_cost_one_timer(make_world: MakeWorld) -> None:
    world = make_world(rows=1)
    names = [world.create(f"job {n}") for n in range(1_000)]
    assert len(world.engine.alarm) == 1_000
    world.advance(PENDING)
    assert {world.state(name) for name in names} == {"RUNNING"}
    world.advance(RUNNING)
    assert {world.state(name) for name in names} == {"SUCCEEDED"}
    assert len(world.engine.alarm) == 0
