"""Drops whose every try comes to an error, until an operator mends it."""

from shared.drops import Drop
from shared.errors import CreateHeldError
from tests.fakes import ROW
from tests.faults import Crash
from tests.properties.steps import CANCELLED, limit, poll_on, put_back, saying
from tests.properties.world import World


def set_aside(world: World) -> list[Drop]:
    """
    Asking for the job comes to an error every time, until an operator mends it, and by
    mistake takes its marker.
    """
    world.cloud.change(set_aside_tries="2")
    drop = world.drop(ROW)
    for _ in range(4):
        world.deliver()
        world.cloud.batches.poisoned = set(world.cloud.batches.jobs)
        world.cloud.batches.finish()
        world.tick()
        world.cloud.wait(120)
    world.cloud.batches.poisoned.clear()
    world.lose_marker(drop)
    return put_back(world, drop)


def killing(world: World) -> list[Drop]:
    """Its check kills every process that does it, until an operator mends it."""

    def kill() -> None:
        raise Crash("while it reads")

    world.cloud.change(set_aside_tries="2")
    drop = world.drop(ROW)
    world.cloud.objects.on_chunk = kill
    for _ in range(6):
        world.deliver()
        world.tick()
        world.cloud.wait(world.cloud.settings.hold_max_seconds)
    world.cloud.objects.on_chunk = lambda: None
    return put_back(world, drop)


def set_aside_in_doubt(world: World) -> list[Drop]:
    """
    No list shows the job, nor can it be asked for; and when it can, a second one shows,
    of a process that woke up late, before an operator comes.
    """
    world.cloud.change(set_aside_tries="2")
    world.twins, world.job_seconds = CANCELLED, 3600
    world.cloud.batches.lag_seconds = 86_400
    drop = world.drop(ROW)
    for _ in range(4):
        world.deliver()
        world.cloud.batches.poisoned = set(world.cloud.batches.jobs)
        world.tick()
        world.cloud.wait(120)
    world.wake_up_late()
    world.cloud.batches.lag_seconds = 0
    world.cloud.batches.poisoned.clear()
    poll_on(world)
    return put_back(world, drop)


def set_aside_while_held(world: World) -> list[Drop]:
    """What is staged can't be asked for, until an operator mends it."""
    world.cloud.change(set_aside_tries="2")
    drop = world.drop(ROW)
    with saying(world, CreateHeldError, "RESOURCE_EXHAUSTED"):
        world.deliver()
    _refused(world, "work")
    return put_back(world, drop)


def set_aside_at_its_end(world: World) -> list[Drop]:
    """The results can't be written, until an operator mends it."""
    world.cloud.change(set_aside_tries="2")
    drop = world.drop(ROW)
    world.deliver()
    _refused(world, "results")
    return put_back(world, drop)


def late_at_its_end(world: World) -> list[Drop]:
    """The results can't be written for hours, which sets nothing aside here."""
    world.cloud.change(set_aside_tries="9")
    limit(world, queue_seconds=600, run_seconds=600)
    drop = world.drop(ROW)
    world.deliver()
    _refused(world, "results", seconds=1800)
    world.until_quiet()
    return [drop]


def _refused(world: World, bucket: str, *, seconds: int = 120) -> None:
    """Go on for a while in which a bucket refuses whatever is asked."""
    world.cloud.objects.refused = {bucket}
    for _ in range(4):
        world.cloud.batches.finish()
        world.cloud.wait(seconds)
        world.deliver()
        world.tick()
    world.cloud.objects.refused = set()
