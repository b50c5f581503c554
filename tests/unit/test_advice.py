"""A marker is written again only if it says anything but what its record says."""

from datetime import timedelta

import pytest

from shared.errors import CreateHeldError, CreateUnknownError, ServiceError
from shared.jobs import Job, JobState
from shared.late_reasons import LateReason
from shared.ledger import Entry
from shared.marker import Marker
from shared.records import State
from tests.fakes import START, FakeCloud
from tests.moments import fail_every, settled, the_job, unanswered

ANNOTATED = ["objects.annotate state"]


def held() -> FakeCloud:
    """A cloud with one drop, which waits until a time."""
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(cloud.drop())
    return cloud


def calls_of_advice(cloud: FakeCloud, job: Job | None = None) -> list[str]:
    """What a poll does that has read the record of the one open drop."""
    entry, marker = the_drop(cloud)
    cloud.faults.calls.clear()
    cloud.markers().advise_if_news(entry.record, marker, job)
    return cloud.faults.calls


def the_drop(cloud: FakeCloud) -> tuple[Entry, Marker]:
    (marker,) = cloud.markers().open()
    assert isinstance(marker, Marker)
    entry = cloud.ledger().read(marker.drop.drop_id)
    assert entry
    return entry, marker


def test_a_marker_that_says_what_the_record_says_is_left_as_it_is() -> None:
    assert calls_of_advice(held()) == []


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("state", "submitted"),
        ("in-doubt", "yes"),
        ("told", "paused"),
        ("held-until", ""),
        ("look-at", ""),
        ("look-at", START.isoformat()),
        ("look-at", (START - timedelta(seconds=1)).isoformat()),
        ("look-at", (START + timedelta(days=365)).isoformat()),
    ],
)
def test_a_word_that_is_stale_is_said_again(key: str, word: str) -> None:
    cloud = held()
    _, before = the_drop(cloud)
    (name,) = cloud.open()
    cloud.objects.annotate("state", name, {key: word})

    assert calls_of_advice(cloud) == ANNOTATED

    _, after = the_drop(cloud)
    assert after == before


def test_a_drop_that_is_held_no_more_is_not_held_until_a_time() -> None:
    cloud = held()
    entry, _ = the_drop(cloud)
    assert entry.record.not_before
    cloud.ledger().move(entry, state=State.SUBMITTING)

    assert calls_of_advice(cloud) == ANNOTATED
    _, marker = the_drop(cloud)
    assert marker.held_until is None
    assert calls_of_advice(cloud) == []


def test_a_job_that_can_be_late_for_nothing_more_is_not_told_of_in_every_poll() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.move(the_job(cloud).name, JobState.RUNNING, started_at=START)
    cloud.wait(7 * 86_400)
    cloud.poll()
    _, marker = the_drop(cloud)
    assert marker.told == {LateReason.RUNNING_TOO_LONG}
    assert marker.look_at == cloud.now() + timedelta(days=1)

    assert calls_of_advice(cloud, the_job(cloud)) == []


@pytest.mark.parametrize("storage_is_away", [False, True])
def test_a_handler_whose_create_has_no_answer_tells_polls_so_if_it_can(
    storage_is_away: bool,
) -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "away")
    if storage_is_away:
        fail_every(cloud, ANNOTATED[0], ServiceError("503"))

    cloud.submit(cloud.drop())

    entry, marker = the_drop(cloud)
    said = (marker.state, marker.held_until, marker.submitted_at)
    assert entry.record.state is State.SUBMITTING
    if storage_is_away:
        assert said == (State.CLAIMED, None, None)
    else:
        assert said == (State.SUBMITTING, None, cloud.now())


def test_a_create_that_can_not_be_looked_for_has_had_its_turn() -> None:
    """When, is known since it was asked for: its route comes after others."""
    cloud = FakeCloud()
    drop = unanswered(cloud)
    _, asked = the_drop(cloud)
    cloud.wait(settled(cloud) + 1)
    fail_every(cloud, "batches.find", ServiceError("503"))

    cloud.poll()

    _, marker = the_drop(cloud)
    assert marker.drop == drop
    assert marker.retry_at is not None
    assert marker.submitted_at == asked.submitted_at is not None
