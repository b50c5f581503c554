"""What becomes of files, and of the routes that they are dropped for."""

from shared.drops import Drop
from tests.fakes import ROW
from tests.properties.steps import change
from tests.properties.world import World


def completed(world: World) -> list[Drop]:
    """One file, from its event to its message."""
    drop = world.drop(ROW)
    world.until_quiet()
    return [drop]


def rejected(world: World) -> list[Drop]:
    """A file with a line that can't run."""
    drop = world.drop(ROW + b"{}\n")
    world.until_quiet()
    return [drop]


def long(world: World) -> list[Drop]:
    """A file of which every piece takes so long that its lease has to be renewed."""
    cloud = world.cloud
    period = cloud.settings.claim_renew_seconds
    cloud.objects.on_chunk = lambda: cloud.wait(period + 1)
    drop = world.drop(ROW)
    world.until_quiet()
    return [drop]


def superseded(world: World) -> list[Drop]:
    """A generation that is gone for ever before it is read."""
    drop = world.drop(ROW)
    world.cloud.objects.remove("inbox", drop.name, for_ever=True)
    world.until_quiet()
    return [drop]


def overwritten(world: World) -> list[Drop]:
    """Two generations of one name, the later first."""
    first = world.drop(ROW)
    world.cloud.wait(1)
    second = world.drop(ROW * 2)
    world.pending.reverse()
    world.until_quiet()
    return [first, second]


def capped(world: World) -> list[Drop]:
    """A route may have three rows a day, and gets two files of two."""
    change(world, limits={"rows_per_day": 3})
    first = world.drop(ROW * 2)
    world.cloud.wait(1)
    second = world.drop(ROW * 2, "in/b.jsonl")
    world.deliver()
    world.tick()
    world.cloud.batches.finish()
    world.tick()
    world.cloud.wait(86_400)
    world.until_quiet()
    return [first, second]


def switched_off(world: World) -> list[Drop]:
    """A route is switched off, and on again."""
    change(world, enabled=False)
    drop = world.drop(ROW)
    world.deliver()
    world.tick()
    change(world, enabled=True)
    world.until_quiet()
    return [drop]


def aged(world: World) -> list[Drop]:
    """A route is switched off for longer than copies are kept."""
    change(world, enabled=False)
    drop = world.drop(ROW)
    world.deliver()
    world.tick()
    for name in world.cloud.objects.names("work"):
        world.cloud.objects.remove("work", name, for_ever=True)
    change(world, enabled=True)
    world.until_quiet()
    return [drop]


def unheard_of(world: World) -> list[Drop]:
    """
    The event of a file is lost, and it is overwritten before anybody looks; that of
    what came after it is not.
    """
    first = world.drop(ROW)
    # So that their order is not by chance.
    world.cloud.wait(1)
    second = world.drop(ROW * 2)
    world.lose(first)
    world.cloud.wait(world.cloud.settings.backstop_grace_seconds)
    world.look_at_inbox()
    world.until_quiet()
    return [first, second]


def looked_before(world: World) -> list[Drop]:
    """
    Two looks at the inbox come before the event is overdue, and the next an hour later.
    """
    drop = world.drop(ROW)
    world.look_at_inbox()
    world.cloud.wait(60)
    world.look_at_inbox()
    world.lose(drop)
    world.cloud.wait(3600)
    world.look_at_inbox()
    world.until_quiet()
    return [drop]
