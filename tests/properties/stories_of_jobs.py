"""What becomes of jobs, and of drops that get no further."""

from shared.drops import Drop
from shared.jobs import JobState
from tests.fakes import ROW
from tests.properties.steps import CANCELLED, cancel, limit
from tests.properties.world import World


def late(world: World) -> list[Drop]:
    """A job that does not begin in time, and then is paused for a while."""
    limit(world, queue_seconds=300)
    world.job_seconds = 3600
    drop = world.drop(ROW)
    for seconds in (60, 300, 60):
        world.deliver()
        world.tick()
        world.cloud.wait(seconds)
    for name in world.cloud.batches.jobs:
        world.cloud.batches.move(name, JobState.PAUSED)
    world.tick()
    world.until_quiet()
    return [drop]


def cancelled(world: World) -> list[Drop]:
    """Somebody cancels the job before it has written anything."""
    world.job_seconds = 3600
    drop = world.drop(ROW)
    world.deliver()
    cancel(world)
    world.until_quiet()
    return [drop]


def lost(world: World) -> list[Drop]:
    """Vertex AI forgets the job."""
    drop = world.drop(ROW)
    world.deliver()
    world.tick()
    # One that nobody knows of yet is one that was never made.
    if world.knows_job(drop):
        world.cloud.batches.forget()
    world.tick()
    world.cloud.wait(world.cloud.settings.job_lost_seconds)
    world.until_quiet()
    return [drop]


def stray(world: World) -> list[Drop]:
    """
    A process wakes up late and makes the job of a drop once more that has ended. It is
    found while another drop has a job; or yet another, should that one have none.
    """
    world.twins = CANCELLED
    drops = [world.drop(ROW)]
    world.until_quiet()
    world.job_seconds = 3600
    world.wake_up_late()
    world.cloud.wait(world.cloud.batches.lag_seconds)
    while not world.seen_twice and len(drops) < 4:
        drops.append(world.drop(ROW, f"in/{len(drops)}.jsonl"))
        world.deliver()
        world.tick()
        world.cloud.wait(60)
    if world.seen_twice:
        world.job_seconds = 0
    world.until_quiet()
    return drops
