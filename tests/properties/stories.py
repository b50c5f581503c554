"""Runs that between them come by every outward call of the code."""

import json
from collections.abc import Callable, Mapping

from shared.drops import Drop
from shared.errors import CreateHeldError, CreateRefusedError, CreateUnknownError
from shared.jobs import JobState
from tests.fakes import ROW
from tests.faults import Crash
from tests.moments import settled
from tests.properties.world import World

Story = Callable[[World], list[Drop]]


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


def held(world: World) -> list[Drop]:
    """Vertex AI says not now, twice."""
    drop = world.drop(ROW)
    world.cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "no")
    world.deliver()
    world.cloud.wait(60)
    world.tick()
    world.cloud.batches.answer = None
    world.until_quiet()
    return [drop]


def refused(world: World) -> list[Drop]:
    """Vertex AI says no."""
    drop = world.drop(ROW)
    world.cloud.batches.answer = lambda: CreateRefusedError("INVALID_ARGUMENT", "no")
    world.until_quiet()
    return [drop]


def forbidden(world: World) -> list[Drop]:
    """We may not create jobs, and then we may."""
    drop = world.drop(ROW)
    world.cloud.batches.answer = lambda: CreateHeldError("PERMISSION_DENIED", "no")
    world.deliver()
    world.tick()
    world.cloud.wait(world.cloud.settings.hold_max_seconds)
    world.tick()
    world.cloud.batches.answer = None
    world.until_quiet()
    return [drop]


def held_behind(world: World) -> list[Drop]:
    """Vertex AI says not now, and what comes after waits behind it."""
    first = world.drop(ROW)
    world.cloud.wait(1)
    second = world.drop(ROW, "in/b.jsonl")
    world.pending.remove(second)
    world.cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "no")
    world.deliver()
    world.cloud.batches.answer = None
    world.pending.append(second)
    world.deliver()
    world.cloud.wait(60)
    world.until_quiet()
    return [first, second]


def capped(world: World) -> list[Drop]:
    """A route may have three rows a day, and gets two files of two."""
    _change(world, limits={"rows_per_day": 3})
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
    _change(world, enabled=False)
    drop = world.drop(ROW)
    world.deliver()
    world.tick()
    _change(world, enabled=True)
    world.until_quiet()
    return [drop]


def aged(world: World) -> list[Drop]:
    """A route is switched off for longer than copies are kept."""
    _change(world, enabled=False)
    drop = world.drop(ROW)
    world.deliver()
    world.tick()
    for name in world.cloud.objects.names("work"):
        world.cloud.objects.remove("work", name, for_ever=True)
    _change(world, enabled=True)
    world.until_quiet()
    return [drop]


def unknown_and_made(world: World) -> list[Drop]:
    """The answer to a create is lost, and the job is there."""
    drop = _unanswered(world)
    world.until_quiet()
    return [drop]


def unknown_and_not_made(world: World) -> list[Drop]:
    """The answer to a create is lost, and there is no job."""
    drop = world.drop(ROW)
    world.cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "lost")
    world.deliver()
    world.cloud.batches.answer = None
    _settle(world)
    world.until_quiet()
    return [drop]


def made_twice(world: World) -> list[Drop]:
    """The answer is lost, and `List` shows the job only after the settling time."""
    world.twins, world.job_seconds = True, 3600
    world.cloud.batches.lag_seconds = 2 * world.cloud.settings.settle_seconds
    drop = _unanswered(world)
    world.tick()
    world.until_quiet()
    return [drop]


def _unanswered(world: World) -> Drop:
    """A create makes a job, and nobody hears of it until it has settled."""
    drop = world.drop(ROW)
    world.cloud.batches.create_unknown_with_job = True
    world.deliver()
    world.cloud.batches.create_unknown_with_job = False
    _settle(world)
    return drop


def _settle(world: World) -> None:
    world.cloud.wait(settled(world.cloud) + 1)


def _change(world: World, **changes: object) -> None:
    """Deploy again, with this one route."""
    route = {"prefix": "in/", "model": "gemini-2.5-flash", **changes}
    world.cloud.change(routes=json.dumps([route]))


def late(world: World) -> list[Drop]:
    """A job that does not begin in time, and then is paused for a while."""
    _limit(world, queue_seconds=300)
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


def set_aside(world: World) -> list[Drop]:
    """
    Asking for the job comes to an error every time, until an operator mends it, and by
    mistake takes its marker.
    """
    world.cloud.change(set_aside_tries="2")
    drop = world.drop(ROW)
    for _ in range(6):
        world.deliver()
        world.cloud.batches.poisoned = set(world.cloud.batches.jobs)
        world.cloud.batches.finish()
        world.tick()
        world.cloud.wait(120)
    world.cloud.batches.poisoned.clear()
    world.lose_marker(drop)
    world.put_back(drop)
    world.until_quiet()
    return [drop]


def unanswered(world: World) -> list[Drop]:
    """No create is ever answered, until an operator mends it."""
    _change(world, limits={"queue_seconds": 60})
    world.cloud.change(routes=world.cloud.settings.routes_json, set_aside_tries="2")
    drop = world.drop(ROW)
    world.cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "lost")
    for _ in range(3):
        world.deliver()
        _settle(world)
        for _ in range(2):
            world.tick()
            world.cloud.wait(60)
    world.cloud.batches.answer = None
    world.put_back(drop)
    world.until_quiet()
    return [drop]


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
    world.put_back(drop)
    world.until_quiet()
    return [drop]


def cancelled(world: World) -> list[Drop]:
    """Somebody cancels the job before it has written anything."""
    world.job_seconds = 3600
    drop = world.drop(ROW)
    world.deliver()
    _cancel(world)
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
    drop = _unanswered(world)
    for _ in range(2):
        world.tick()
        world.cloud.wait(60)
    _cancel(world)
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


def _cancel(world: World) -> None:
    """Have the newest job cancelled by hand, if it is there."""
    for name in list(world.cloud.batches.jobs)[-1:]:
        world.cloud.batches.cancel_by_hand(name)


def unheard_of(world: World) -> list[Drop]:
    """
    The events of two files are lost, of one in its first generation, which is
    overwritten before anybody looks; and one comes after all.
    """
    first = world.drop(ROW)
    # So that their order is not by chance.
    world.cloud.wait(1)
    second = world.drop(ROW * 2)
    world.cloud.wait(1)
    other = world.drop(ROW, "world/b.jsonl")
    world.lose(first)
    world.lose(other)
    world.cloud.wait(world.cloud.settings.backstop_grace_seconds)
    world.look_at_inbox()
    world.until_quiet()
    return [first, second, other]


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


def _limit(world: World, **limits: int) -> None:
    routes = json.loads(world.cloud.settings.routes_json)
    world.cloud.change(routes=json.dumps([{**r, "limits": limits} for r in routes]))


STORIES: Mapping[str, Story] = {
    story.__name__: story
    for story in (
        completed,
        capped,
        rejected,
        long,
        superseded,
        overwritten,
        held,
        refused,
        forbidden,
        held_behind,
        switched_off,
        aged,
        unknown_and_made,
        unknown_and_not_made,
        made_twice,
        late,
        set_aside,
        unanswered,
        killing,
        cancelled,
        lost,
        stray,
        unheard_of,
        looked_before,
    )
}

# How else the drops of a story may end: what it does to a job is nothing to one that
# a mishap has kept from being made by then.
OTHERWISE: Mapping[str, frozenset[str]] = {
    "cancelled": frozenset({"completed"}),
    "lost": frozenset({"completed"}),
    "stray": frozenset({"completed"}),
}
