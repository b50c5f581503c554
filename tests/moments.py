"""Moments of a drop that tests of the protocol come back to."""

import contextlib
from collections.abc import Iterator
from typing import Any

from cloudevents.http import CloudEvent

from shared.drops import FINALIZED, Drop
from shared.jobs import Job
from shared.records import Record
from shared.setting_aside import put_back
from tests.fakes import FakeCloud
from tests.schemas import check_message


def number_of(name: str, nth: int = 0) -> int:
    """Which outward call of a plain submit is the n-th of that name."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    return [n for n, call in enumerate(cloud.faults.calls) if call == name][nth]


def at_call(cloud: FakeCloud, name: str, do: object) -> None:
    """Do something once, right before the next outward call of that name."""

    def on_call(called: str) -> None:
        if called == name:
            cloud.faults.on_call = lambda _: None
            assert callable(do)
            do()

    cloud.faults.on_call = on_call


def fail_at(cloud: FakeCloud, name: str, error: BaseException) -> None:
    """Have the next outward call of that name come to this error, or death, alone."""

    def fail() -> None:
        raise error

    at_call(cloud, name, fail)


def fail_every(cloud: FakeCloud, name: str, error: BaseException) -> None:
    """Have each outward call of that name come to this error, or death, from now on."""

    def on_call(called: str) -> None:
        if called == name:
            raise error

    cloud.faults.on_call = on_call


def event_of(drop: Drop) -> CloudEvent:
    """What Eventarc brings of it."""
    attributes = {"type": FINALIZED, "source": f"//storage/{drop.bucket}"}
    return CloudEvent(attributes, data_of(drop))


def data_of(drop: Drop) -> dict[str, str]:
    """What its event tells of it."""
    return {
        "bucket": drop.bucket,
        "name": drop.name,
        "generation": str(drop.generation),
        "size": str(drop.size),
        "crc32c": drop.crc32c,
        "timeCreated": drop.dropped_at.isoformat(),
    }


def record(cloud: FakeCloud, drop_id: str) -> Record:
    entry = cloud.ledger().read(drop_id)
    assert entry is not None
    return entry.record


def missing(cloud: FakeCloud) -> Job:
    """The job, of which Vertex AI has answered 404 for almost as long as it may."""
    job = the_job(cloud)
    cloud.batches.jobs.clear()
    for _ in range(3):
        cloud.poll()
        cloud.wait(cloud.settings.job_lost_seconds / 3)
    return job


def the_job(cloud: FakeCloud) -> Job:
    (job,) = cloud.batches.jobs.values()
    return job


def settled(cloud: FakeCloud) -> float:
    """How many seconds after an intent its outcome is looked for."""
    settings = cloud.settings
    asked = settings.create_deadline_seconds + settings.create_timeout_seconds
    return asked + settings.settle_seconds


@contextlib.contextmanager
def losing_answers(cloud: FakeCloud) -> Iterator[None]:
    """Have every create make a job, and nobody hear of it."""
    cloud.batches.create_unknown_with_job = True
    yield
    cloud.batches.create_unknown_with_job = False


def unanswered(cloud: FakeCloud) -> Drop:
    """A drop whose create makes a job, and nobody hears of it."""
    drop = cloud.drop()
    with losing_answers(cloud):
        cloud.submit(drop)
    return drop


def in_doubt(cloud: FakeCloud, *, hidden: bool) -> Job:
    """A drop whose create had no answer but made a job; that job."""
    unanswered(cloud)
    job = the_job(cloud)
    if hidden:
        cloud.batches.hidden.add(job.name)
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    if hidden:
        # None was found, and the drop was held: it is created again in its turn.
        cloud.poll()
    return job


def polled_for(cloud: FakeCloud, hours: float, *, step: float = 1800) -> None:
    """Poll for so long, each time after a pause of so many seconds."""
    for _ in range(round(hours * 3600 / step)):
        cloud.wait(step)
        cloud.poll()


def requeue(cloud: FakeCloud, drop_id: str) -> Record:
    """Put a drop back as an operator does; its record then."""
    return put_back(cloud.ledger(), cloud.markers(), drop_id, now=cloud.now())


def message(cloud: FakeCloud, number: int = -1) -> dict[str, Any]:
    return check_message(*cloud.announcements.published[number])


def told(cloud: FakeCloud) -> list[str]:
    """Why drops were late, or how they ended."""
    return [
        body["reason"] if body["outcome"] == "late" else body["outcome"]
        for _, body in cloud.announcements.published
    ]


def second_job(cloud: FakeCloud) -> Job:
    """Of the drop whose job was made last."""
    return cloud.batches.create(cloud.batches.requests[-1])
