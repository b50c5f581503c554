"""Every state that a drop can be in, as somebody left it."""

from collections.abc import Callable, Mapping

from shared.drops import Drop
from shared.errors import CreateHeldError, CreateUnknownError
from tests.fakes import ROW
from tests.faults import Crash
from tests.moments import settled
from tests.properties.befalling import DIES_AFTER, DIES_BEFORE, Mishap, Script
from tests.properties.world import World

Start = Callable[[], tuple[World, Drop]]


def sleep_past_everything(world: World) -> None:
    """Let every deadline, lease and settling time pass."""
    world.cloud.wait(settled(world.cloud) + 1)


def _dropped() -> tuple[World, Drop]:
    world = World.with_mishaps({})
    return world, world.drop(ROW)


def fresh() -> tuple[World, Drop]:
    """Nothing is written yet."""
    return _dropped()


def marked() -> tuple[World, Drop]:
    """A marker, and no record."""
    return _died("objects.write state", DIES_AFTER)


def claimed() -> tuple[World, Drop]:
    """Claimed by somebody at work."""
    return _died("objects.write state", DIES_AFTER, nth=2)


def left() -> tuple[World, Drop]:
    """Claimed by somebody whose lease is over."""
    return _later(claimed)


def staged() -> tuple[World, Drop]:
    """Staged by somebody whose lease is over."""
    return _later(lambda: _died("objects.copy work", DIES_AFTER))


def held() -> tuple[World, Drop]:
    """Held, and due."""
    world, drop = _dropped()
    world.cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "no")
    world.deliver()
    world.cloud.batches.answer = None
    world.cloud.wait(world.cloud.settings.hold_max_seconds)
    return world, drop


def queued() -> tuple[World, Drop]:
    """Held without a create, behind others of its route that are gone meanwhile."""
    world, drop = _dropped()
    queues = world.cloud.submission().holding.queues
    queues.tell("in/", held=True)
    world.deliver()
    return world, drop


def intended() -> tuple[World, Drop]:
    """Submitting, by somebody who died before the create; settled."""
    return _settled(lambda: _died("batches.create", DIES_BEFORE))


def asked() -> tuple[World, Drop]:
    """Submitting, by somebody who died after the create; settled."""
    return _settled(lambda: _died("batches.create", DIES_AFTER))


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


def late() -> tuple[World, Drop]:
    """Submitted, with a word that it is late which nobody has published."""
    world, drop = running()
    world.cloud.wait(world.cloud.settings.routes.routes[0].limits.queue_seconds)
    _died_before(world, "announcements.publish")
    world.cloud.wait(world.cloud.settings.publish_lease_seconds)
    return world, drop


def set_aside() -> tuple[World, Drop]:
    """Set aside, by somebody who died before that was told."""
    world, drop = ended()
    world.cloud.change(set_aside_tries="1")
    world.cloud.batches.poisoned = set(world.cloud.batches.jobs)
    _died_before(world, "announcements.publish")
    world.cloud.batches.poisoned.clear()
    world.cloud.wait(world.cloud.settings.publish_lease_seconds)
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
    _died_before(world, call)
    return world, drop


def _died_before(world: World, call: str) -> None:
    def die(called: str) -> None:
        if called == call:
            raise Crash(f"before {call}")

    world.cloud.faults.on_call = die
    world.tick()
    assert world.calls[-1] == call, f"nobody died before {call}"
    world.cloud.faults.on_call = lambda _: None


def _died(call: str, mishap: Mishap, nth: int = 1) -> tuple[World, Drop]:
    """The event's handler died at its n-th call of that name."""
    world, drop = _dropped()
    faults = world.cloud.faults
    assert isinstance(faults, Script)
    faults.draw = lambda called: (
        mishap if called == call and faults.calls.count(call) == nth else None
    )
    world.deliver()
    faults.draw = lambda _: None
    assert faults.calls[-1] == call, f"nobody died at {call}"
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
        queued,
        intended,
        asked,
        unsettled,
        running,
        late,
        ended,
        set_aside,
        rejected,
        publishing,
        published,
    )
}

# Where a look at the inbox has something to find.
UNHEARD: Mapping[str, Start] = {
    start.__name__: start for start in (unheard, unheard_marked, unheard_claimed)
}
