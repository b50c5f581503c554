"""What becomes of jobs, and of drops that get no further."""

from shared.drops import Drop
from shared.jobs import JobState
from tests.fakes import ROW
from tests.moments import settled
from tests.properties.steps import cancel, limit, unanswered_create
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
    A second job shows only when nobody looks for it any more, since the first was
    cancelled, and its drop has ended. It is found while another drop has a job; or yet
    another, should that one have none.
    """
    settings = world.cloud.settings
    world.twins, world.job_seconds = True, 2 * settings.sweep_seconds
    world.cloud.batches.lag_seconds = settled(world.cloud) + settings.sweep_seconds
    world.cloud.batches.lag_seconds += 600
    drop = unanswered_create(world)
    for _ in range(2):
        world.tick()
        world.cloud.wait(60)
    cancel(world)
    for seconds in (settings.sweep_seconds + 1, 600):
        world.tick()
        world.cloud.wait(seconds)
    drops = [drop]
    while not world.seen_twice and len(drops) < 4:
        drops.append(world.drop(ROW, f"in/{len(drops)}.jsonl"))
        world.deliver()
        world.tick()
        world.cloud.wait(60)
    if world.seen_twice:
        world.job_seconds = world.cloud.batches.lag_seconds = 0
    world.until_quiet()
    return drops
