"""Every state that a drop can be in, as somebody left it."""

from collections.abc import Callable, Mapping

from shared.drops import Drop
from shared.errors import CreateHeldError, CreateUnknownError
from tests.moments import losing_answers, settled
from tests.properties.befalling import DIES_AFTER, DIES_BEFORE
from tests.properties.dying import died, died_before, dropped
from tests.properties.steps import saying
from tests.properties.world import World

Start = Callable[[], tuple[World, Drop]]


def sleep_past_everything(world: World) -> None:
    """Let every deadline, lease and settling time pass."""
    world.cloud.wait(settled(world.cloud) + 1)


def fresh() -> tuple[World, Drop]:
    """Nothing is written yet."""
    return dropped()


def marked() -> tuple[World, Drop]:
    """A marker, and no record."""
    return died("objects.write state", DIES_AFTER)


def claimed() -> tuple[World, Drop]:
    """Claimed by somebody at work."""
    return died("objects.write state", DIES_AFTER, nth=2)


def left() -> tuple[World, Drop]:
    """Claimed by somebody whose lease is over."""
    return _later(claimed)


def staged() -> tuple[World, Drop]:
    """Staged by somebody whose lease is over."""
    return _later(lambda: died("objects.copy work", DIES_AFTER))


def held() -> tuple[World, Drop]:
    """Held, and due."""
    world, drop = dropped()
    with saying(world, CreateHeldError, "RESOURCE_EXHAUSTED"):
        world.deliver()
    world.cloud.wait(world.cloud.settings.hold_max_seconds)
    return world, drop


def queued() -> tuple[World, Drop]:
    """Held without a create, behind others of its route that are gone meanwhile."""
    world, drop = dropped()
    notes = world.cloud.submission().holding.notes
    notes.tell("in/", held=True)
    world.deliver()
    return world, drop


def intended() -> tuple[World, Drop]:
    """Submitting, by somebody who died before the create; settled."""
    return _settled(lambda: died("batches.create", DIES_BEFORE))


def asked() -> tuple[World, Drop]:
    """Submitting, by somebody who died after the create; settled."""
    return _settled(lambda: died("batches.create", DIES_AFTER))


def unsettled() -> tuple[World, Drop]:
    """Submitting, its outcome unknown, and not yet settled."""
    world, drop = dropped()
    with saying(world, CreateUnknownError, "UNAVAILABLE"):
        world.deliver()
    return world, drop


def made() -> tuple[World, Drop]:
    """Submitting, its outcome unknown: a job was made, and it has not settled."""
    world, drop = dropped()
    with losing_answers(world.cloud):
        world.deliver()
    return world, drop


def held_in_doubt() -> tuple[World, Drop]:
    """Held, since a create without an answer made no job that anybody can see."""
    world, drop = _settled(unsettled)
    world.tick()
    return world, drop


def running() -> tuple[World, Drop]:
    """Submitted, its job at work."""
    world, drop = dropped()
    world.deliver()
    return world, drop


def late() -> tuple[World, Drop]:
    """Submitted, with a word that it is late which nobody has published."""
    world, drop = running()
    world.cloud.wait(world.cloud.settings.routes.routes[0].limits.queue_seconds)
    died_before(world, "announcements.publish")
    world.cloud.wait(world.cloud.settings.publish_lease_seconds)
    return world, drop


def set_aside() -> tuple[World, Drop]:
    """Set aside, by somebody who died before that was told."""
    world, drop = ended()
    world.cloud.change(set_aside_tries="1")
    world.cloud.batches.poisoned = set(world.cloud.batches.jobs)
    died_before(world, "announcements.publish")
    world.cloud.batches.poisoned.clear()
    world.cloud.wait(world.cloud.settings.publish_lease_seconds)
    return world, drop


def missing() -> tuple[World, Drop]:
    """Submitted, and its job has been missing for so long that it is lost."""
    world, drop = running()
    world.cloud.batches.jobs.clear()
    for _ in range(3):
        world.tick()
        world.cloud.wait(world.cloud.settings.job_lost_seconds / 3)
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
    world, drop = ended()
    died_before(world, "announcements.publish")
    world.cloud.wait(world.cloud.settings.publish_lease_seconds)
    return world, drop


def published() -> tuple[World, Drop]:
    """Published, its marker still there."""
    world, drop = ended()
    died_before(world, "objects.delete state")
    return world, drop


def published_in_doubt() -> tuple[World, Drop]:
    """Published, and second jobs of it are looked for, but not for much longer."""
    world, drop = _settled(made)
    world.tick()
    world.cloud.batches.finish()
    world.tick()
    world.cloud.wait(world.cloud.settings.sweep_seconds - 1)
    return world, drop


def unheard() -> tuple[World, Drop]:
    """Nothing is written, and the event is overdue: it may be lost."""
    return _overdue(fresh)


def unheard_marked() -> tuple[World, Drop]:
    """A marker and no record, by somebody who died long ago."""
    return _overdue(marked)


def unheard_claimed() -> tuple[World, Drop]:
    """Claimed long ago, by somebody who died."""
    return _overdue(claimed)


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
        held_in_doubt,
        queued,
        intended,
        asked,
        unsettled,
        made,
        running,
        late,
        missing,
        ended,
        set_aside,
        rejected,
        publishing,
        published,
        published_in_doubt,
    )
}

# Where a look at the inbox has something to find.
UNHEARD: Mapping[str, Start] = {
    start.__name__: start for start in (unheard, unheard_marked, unheard_claimed)
}
