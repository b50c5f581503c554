"""What becomes of creates: Vertex AI says no, or not now, or nothing."""

from shared.drops import Drop
from shared.errors import CreateHeldError, CreateRefusedError, CreateUnknownError
from shared.jobs import JobState
from tests.fakes import ROW
from tests.properties.steps import (
    CANCELLED,
    change,
    poll_on,
    put_back,
    saying,
    settle,
    unanswered_create,
)
from tests.properties.world import World


def held(world: World) -> list[Drop]:
    """Vertex AI says not now, twice."""
    drop = world.drop(ROW)
    with saying(world, CreateHeldError, "RESOURCE_EXHAUSTED"):
        world.deliver()
        world.cloud.wait(60)
        world.tick()
    world.until_quiet()
    return [drop]


def refused(world: World) -> list[Drop]:
    """Vertex AI says no."""
    drop = world.drop(ROW)
    with saying(world, CreateRefusedError, "INVALID_ARGUMENT"):
        world.until_quiet()
    return [drop]


def forbidden(world: World) -> list[Drop]:
    """We may not create jobs, and then we may."""
    drop = world.drop(ROW)
    with saying(world, CreateHeldError, "PERMISSION_DENIED"):
        world.deliver()
        world.tick()
        world.cloud.wait(world.cloud.settings.hold_max_seconds)
        world.tick()
    world.until_quiet()
    return [drop]


def held_behind(world: World) -> list[Drop]:
    """Vertex AI says not now, and what comes after waits behind it."""
    first = world.drop(ROW)
    world.cloud.wait(1)
    second = world.drop(ROW, "in/b.jsonl")
    world.pending.remove(second)
    with saying(world, CreateHeldError, "RESOURCE_EXHAUSTED"):
        world.deliver()
    world.pending.append(second)
    world.deliver()
    world.cloud.wait(60)
    world.until_quiet()
    return [first, second]


def unknown_and_made(world: World) -> list[Drop]:
    """The answer to a create is lost, and the job is there."""
    drop = unanswered_create(world)
    world.until_quiet()
    return [drop]


def unknown_and_not_made(world: World) -> list[Drop]:
    """The answer to a create is lost, and there is no job."""
    drop = world.drop(ROW)
    with saying(world, CreateUnknownError, "UNAVAILABLE"):
        world.deliver()
    settle(world)
    world.until_quiet()
    return [drop]


def made_twice(world: World) -> list[Drop]:
    """The answer is lost, and `List` shows the job only after the settling time."""
    world.twins, world.job_seconds = CANCELLED, 3600
    return _listed_late(world)


def ended_twice(world: World) -> list[Drop]:
    """The same, and the job has ended by itself before any list shows it."""
    world.twins = CANCELLED | {JobState.SUCCEEDED}
    return _listed_late(world)


def _listed_late(world: World) -> list[Drop]:
    world.cloud.batches.lag_seconds = 2 * world.cloud.settings.settle_seconds
    drop = unanswered_create(world)
    world.tick()
    world.until_quiet()
    return [drop]


def unanswered(world: World) -> list[Drop]:
    """No create is ever answered, until an operator mends it."""
    change(world, limits={"queue_seconds": 60})
    world.cloud.change(routes=world.cloud.settings.routes_json, set_aside_tries="2")
    drop = world.drop(ROW)
    with saying(world, CreateUnknownError, "UNAVAILABLE"):
        for _ in range(3):
            world.deliver()
            settle(world)
            poll_on(world)
    return put_back(world, drop)
