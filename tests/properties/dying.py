"""Worlds with one drop, in which somebody died at a call that is named."""

from shared.drops import Drop
from tests.fakes import ROW
from tests.faults import Crash
from tests.properties.befalling import Mishap, Script
from tests.properties.world import World


def dropped() -> tuple[World, Drop]:
    """A file, and nobody has heard of it."""
    world = World.with_mishaps({})
    return world, world.drop(ROW)


def died(call: str, mishap: Mishap, nth: int = 1) -> tuple[World, Drop]:
    """The event's handler died at its n-th call of that name."""
    world, drop = dropped()
    faults = world.cloud.faults
    assert isinstance(faults, Script)
    faults.draw = lambda called: (
        mishap if called == call and faults.calls.count(call) == nth else None
    )
    world.deliver()
    faults.draw = lambda _: None
    assert faults.calls[-1] == call, f"nobody died at {call}"
    return world, drop


def died_before(world: World, call: str) -> None:
    """Let a tick come, and die before this call."""

    def die(called: str) -> None:
        if called == call:
            raise Crash(f"before {call}")

    world.cloud.faults.on_call = die
    world.tick()
    assert world.calls[-1] == call, f"nobody died before {call}"
    world.cloud.faults.on_call = lambda _: None
