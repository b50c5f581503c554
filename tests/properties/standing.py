"""
Where a run stands: all that decides how it goes on. From two runs of a story that stand
at the same place the same comes.

How many processes there were is not part of it: each is one that never was before.
"""

import inspect
from types import CodeType

from tests.fakes import FakeCloud
from tests.properties.holding import told_of
from tests.properties.world import World


def cloud_stands(cloud: FakeCloud) -> int:
    """What is written, asked for and told, and what time it is."""
    objects, batches = cloud.objects, cloud.batches
    written = tuple(
        (place, stored.info.generation, stored.info.created, stored.content, *metadata)
        for place, stored in sorted(objects.live.items())
        for metadata in [stored.info.metadata.items()]
    )
    told = tuple(
        (data, *attributes.items())
        for data, attributes in cloud.announcements.published
    )
    gone = (*objects.archive, *objects.soft_deleted)
    jobs = (*batches.jobs.items(), *batches.inputs, *batches.cancelled)
    # Settings of a kind are one object: see `fakes.settings`.
    rules = (id(cloud.settings), batches.lag_seconds, *sorted(batches.poisoned))
    return hash((written, gone, jobs, told, rules, cloud.time))


def run_stands(world: World, whole: CodeType) -> int:
    """The same, and how far each function has come below that of the code `whole`."""
    frame, at = inspect.currentframe(), []
    while frame and frame.f_code is not whole:
        at.append((frame.f_code.co_qualname, frame.f_lasti))
        frame = frame.f_back
    events = tuple(
        tuple(drop.drop_id for drop in drops)
        for drops in (world.pending, world.answered, world.unheard)
    )
    seen = tuple(world.seen_twice.items())
    told = tuple(sorted(told_of(world.lines.getvalue()))) if world.twins else ()
    rules = (world.job_seconds, world.twins, world.pause)
    return hash((*at, cloud_stands(world.cloud), events, seen, told, rules))
