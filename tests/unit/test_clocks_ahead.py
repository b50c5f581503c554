"""What a clock far ahead has written lasts no longer than it lasts at the most."""

import contextlib
from collections.abc import Callable

import pytest

from shared.errors import CreateHeldError, ServiceError
from shared.jobs import JobState
from shared.setting_aside import put_back
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import fail_every, the_job

_AHEAD = 30 * 86_400


def outcomes(cloud: FakeCloud) -> list[str]:
    return [said["outcome"] for _, said in cloud.announcements.published]


def claim(cloud: FakeCloud) -> None:
    """The lease of a claim, whose owner dies."""
    drop = cloud.drop()
    cloud.wait(_AHEAD)
    fail_every(cloud, "objects.stream inbox", Crash())
    cloud.submit(drop)


def create(cloud: FakeCloud) -> None:
    """The deadline of a create, whose owner dies."""
    drop = cloud.drop()
    cloud.wait(_AHEAD)
    fail_every(cloud, "batches.create", Crash())
    cloud.submit(drop)


def hold(cloud: FakeCloud) -> None:
    """How long a drop is held of which Vertex AI said not now."""
    drop = cloud.drop()
    cloud.wait(_AHEAD)
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(drop)
    cloud.batches.answer = None


def retry(cloud: FakeCloud) -> None:
    """When a drop that failed is tried again."""
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    cloud.wait(_AHEAD)
    fail_every(cloud, "batches.get", ServiceError("503"))
    assert cloud.poll().failed == 1


def publish(cloud: FakeCloud) -> None:
    """The lease of a publish, whose owner dies."""
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    cloud.wait(_AHEAD)
    fail_every(cloud, "announcements.publish", Crash())
    cloud.poll()


def late(cloud: FakeCloud) -> None:
    """The lease of a word that the drop is late, whose owner dies."""
    cloud.submit(cloud.drop())
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=cloud.now())
    cloud.wait(_AHEAD)
    fail_every(cloud, "announcements.publish", Crash())
    cloud.poll()


@pytest.mark.parametrize("what", [claim, create, hold, retry, publish, late])
def test_what_a_clock_far_ahead_has_written_is_over_soon(
    what: Callable[[FakeCloud], None],
) -> None:
    cloud = FakeCloud()
    with contextlib.suppress(Crash):
        what(cloud)
    cloud.faults.on_call = lambda _: None
    cloud.wait(-_AHEAD)

    # The sweep of what was in doubt included.
    for _ in range(90):
        cloud.wait(60)
        cloud.poll()
        cloud.batches.finish()

    assert "completed" in outcomes(cloud)
    assert cloud.open() == []


def test_a_word_of_a_clock_far_ahead_keeps_no_drop_from_being_put_back() -> None:
    cloud = FakeCloud(set_aside_tries="1")
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.poisoned.add(the_job(cloud).name)
    cloud.batches.finish()
    cloud.wait(_AHEAD)
    fail_every(cloud, "announcements.publish", Crash())
    with contextlib.suppress(Crash):
        cloud.poll()
    cloud.faults.on_call = lambda _: None
    cloud.wait(-_AHEAD)

    put_back(cloud.ledger(), cloud.markers(), drop.drop_id, now=cloud.time)

    cloud.batches.poisoned.clear()
    cloud.wait(cloud.settings.publish_lease_seconds)
    cloud.poll()
    cloud.poll()
    assert sorted(outcomes(cloud)) == ["completed", "late"]
