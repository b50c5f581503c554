"""Every state that a drop can be in, as somebody left it."""

from collections.abc import Callable, Mapping

from shared.drops import Drop
from shared.errors import CreateHeldError, CreateUnknownError
from tests.fakes import ROW
from tests.faults import Crash
from tests.properties.befalling import DIES_AFTER, DIES_BEFORE, Mishap
from tests.properties.world import World

Start = Callable[[], tuple[World, Drop]]


def sleep_past_everything(world: World) -> None:
    """Let every deadline, lease and settling time pass."""
    settings = world.cloud.settings
    world.cloud.wait(settings.create_deadline_seconds + settings.settle_seconds + 1)


def _dropped(mishaps: Mapping[int, Mishap] | None = None) -> tuple[World, Drop]:
    world = World.with_mishaps(mishaps or {})
    return world, world.drop(ROW)


def fresh() -> tuple[World, Drop]:
    """Nothing is written yet."""
    return _dropped()


def marked() -> tuple[World, Drop]:
    """A marker, and no record."""
    return _died({0: DIES_AFTER})


def claimed() -> tuple[World, Drop]:
    """Claimed by somebody at work."""
    return _died({1: DIES_AFTER})


def left() -> tuple[World, Drop]:
    """Claimed by somebody whose lease is over."""
    return _later(claimed)


def staged() -> tuple[World, Drop]:
    """Staged by somebody whose lease is over."""
    return _later(lambda: _died({4: DIES_AFTER}))


def held() -> tuple[World, Drop]:
    """Held, and due."""
    world, drop = _dropped()
    world.cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "no")
    world.deliver()
    world.cloud.batches.answer = None
    world.cloud.wait(world.cloud.settings.hold_max_seconds)
    return world, drop


def intended() -> tuple[World, Drop]:
    """Submitting, by somebody who died before the create; settled."""
    return _settled(lambda: _died({6: DIES_BEFORE}))


def asked() -> tuple[World, Drop]:
    """Submitting, by somebody who died after the create; settled."""
    return _settled(lambda: _died({6: DIES_AFTER}))


def unsettled() -> tuple[World, Drop]:
    """Submitting, its outcome unknown, and not yet settled."""
    world, drop = _dropped()
    world.cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "lost")
    world.deliver()
    world.cloud.batches.answer = None
    return world, drop


def running() -> tuple[World, Drop]:
    """Submitted, its job at work."""
    world, drop = _dropped()
    world.deliver()
    return world, drop


def ended() -> tuple[World, Drop]:
    """Submitted, its job at an end."""
    world, drop = running()
    world.cloud.batches.finish()
    return world, drop


def rejected() -> tuple[World, Drop]:
    """Publishing, without a lease."""
    world = World.with_mishaps({})
    drop = world.drop(b"{}\n")
    world.deliver()
    return world, drop


def publishing() -> tuple[World, Drop]:
    """Publishing, by somebody whose lease is over."""
    world, drop = _died_in_a_tick("announcements.publish")
    world.cloud.wait(world.cloud.settings.publish_lease_seconds)
    return world, drop


def published() -> tuple[World, Drop]:
    """Published, its marker still there."""
    return _died_in_a_tick("objects.delete state")


def unheard() -> tuple[World, Drop]:
    """Nothing is written, and the event is overdue: it may be lost."""
    return _overdue(fresh)


def unheard_marked() -> tuple[World, Drop]:
    """A marker and no record, by somebody who died long ago."""
    return _overdue(marked)


def unheard_claimed() -> tuple[World, Drop]:
    """Claimed long ago, by somebody who died."""
    return _overdue(claimed)


def _died_in_a_tick(call: str) -> tuple[World, Drop]:
    """A job has ended, and the tick that saw it died before this call."""
    world, drop = ended()

    def die(called: str) -> None:
        if called == call:
            raise Crash(f"before {call}")

    world.cloud.faults.on_call = die
    world.tick()
    return world, drop


def _died(mishaps: Mapping[int, Mishap]) -> tuple[World, Drop]:
    world, drop = _dropped(mishaps)
    world.deliver()
    return world, drop


def _later(start: Start) -> tuple[World, Drop]:
    world, drop = start()
    world.cloud.wait(world.cloud.settings.claim_lease_seconds)
    return world, drop


def _overdue(start: Start) -> tuple[World, Drop]:
    world, drop = start()
    world.cloud.wait(world.cloud.settings.backstop_grace_seconds)
    if drop in world.pending:
        world.lose(drop)
    return world, drop


def _settled(start: Start) -> tuple[World, Drop]:
    world, drop = start()
    sleep_past_everything(world)
    return world, drop


STARTS: Mapping[str, Start] = {
    start.__name__: start
    for start in (
        fresh,
        marked,
        claimed,
        left,
        staged,
        held,
        intended,
        asked,
        unsettled,
        running,
        ended,
        rejected,
        publishing,
        published,
    )
}

# Where a look at the inbox has something to find.
UNHEARD: Mapping[str, Start] = {
    start.__name__: start for start in (unheard, unheard_marked, unheard_claimed)
}
