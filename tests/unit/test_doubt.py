"""What nobody can say for a while: whether a create made a job, where a job is."""

import pytest

from shared.errors import (
    CreateUnknownError,
    ForbiddenError,
    MissingError,
    ServiceError,
)
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import (
    in_doubt,
    message,
    missing,
    record,
    settled,
    the_job,
    unanswered,
)
from tests.properties.scheduling import Process


def test_a_twin_that_shows_up_after_the_message_is_still_cancelled() -> None:
    cloud = FakeCloud()
    twin = in_doubt(cloud, hidden=True)
    (ours,) = [job for job in cloud.batches.jobs.values() if job != twin]
    cloud.batches.move(ours.name, JobState.SUCCEEDED)
    cloud.poll()
    assert len(cloud.announcements.published) == 1

    cloud.batches.hidden.clear()
    cloud.wait(cloud.settings.sweep_seconds - 1)
    cloud.poll()

    assert cloud.batches.cancelled == [twin.name]
    cloud.wait(2)
    cloud.poll()
    assert cloud.open() == []
    assert len(cloud.announcements.published) == 1


def test_an_adopted_job_is_in_doubt_too() -> None:
    """Whoever lost the answer may have frozen, and may ask once more."""
    cloud = FakeCloud()
    adopted = in_doubt(cloud, hidden=False)
    twin = cloud.batches.create(cloud.batches.requests[0])
    cloud.batches.move(adopted.name, JobState.SUCCEEDED)

    cloud.poll()
    cloud.poll()

    assert cloud.batches.cancelled == [twin.name]
    assert len(cloud.announcements.published) == 1


def test_of_two_jobs_with_one_key_the_earlier_is_adopted() -> None:
    """Any process comes to the same one, whichever it sees first."""
    cloud = FakeCloud()
    drop = unanswered(cloud)
    earlier = the_job(cloud)
    cloud.wait(1)
    later = cloud.batches.create(cloud.batches.requests[0])

    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    cloud.poll()

    assert record(cloud, drop.drop_id).job_name == earlier.name
    assert cloud.batches.cancelled == [later.name]


def test_a_job_that_nobody_has_adopted_yet_is_no_twin() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="in/other.jsonl"))
    cloud.batches.create_unknown_with_job = True
    cloud.submit(cloud.drop(name="in/unknown.jsonl"))
    cloud.batches.create_unknown_with_job = False

    for _ in range(30):
        cloud.wait(60)
        cloud.poll()

    assert cloud.batches.cancelled == []
    assert len(cloud.batches.requests) == 2


def test_each_create_has_a_deadline_of_its_own() -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "reset")
    drop = cloud.drop()
    cloud.submit(drop)
    seconds = settled(cloud)

    for tries in (1, 2, 3):
        assert record(cloud, drop.drop_id).create_tries == tries
        cloud.wait(seconds)
        cloud.poll()
        assert record(cloud, drop.drop_id).create_tries == tries
        cloud.wait(1)
        cloud.poll()
        # From the second on it rests in between.
        cloud.wait(cloud.settings.hold_max_seconds if tries > 1 else 0)
        cloud.poll()


@pytest.mark.parametrize("listed", [True, False])
def test_a_job_that_comes_back_was_not_lost(listed: bool) -> None:
    """What is missing is asked for in every tick; one more 404 would have lost it."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    job = missing(cloud)
    cloud.batches.jobs[job.name] = job
    if not listed:
        cloud.batches.hidden.add(job.name)
    cloud.poll()

    cloud.batches.jobs.clear()
    cloud.wait(cloud.settings.job_lost_seconds)
    cloud.poll()

    assert cloud.announcements.published == []


def test_an_event_that_comes_back_months_later_is_not_billed_again() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.until_quiet()

    cloud.wait(90 * 86_400)
    cloud.submit(drop)
    cloud.until_quiet()

    assert len(cloud.batches.requests) == 1
    assert len(cloud.announcements.published) == 1
    assert cloud.open() == []


@pytest.mark.parametrize(
    "error", [ForbiddenError("no"), MissingError("gone"), ServiceError("away")]
)
def test_a_twin_that_can_not_be_cancelled_does_not_keep_its_drop_from_ending(
    error: Exception,
) -> None:
    cloud = FakeCloud()
    ours = in_doubt(cloud, hidden=False)
    cloud.batches.create(cloud.batches.requests[0])
    cloud.batches.move(ours.name, JobState.SUCCEEDED)

    def refuse(name: str) -> None:
        raise error

    cloud.batches.cancel = refuse  # type: ignore[method-assign]  # a fault
    cloud.poll()

    assert len(cloud.announcements.published) == 1


def test_a_twin_is_asked_to_end_once_while_it_is_ending() -> None:
    cloud = FakeCloud()
    in_doubt(cloud, hidden=False)
    twin = cloud.batches.create(cloud.batches.requests[0])

    for _ in range(3):
        cloud.poll()

    assert cloud.batches.cancelled == [twin.name]


def test_doubt_that_no_marker_tells_of_is_told_before_the_sweep() -> None:
    """The advice after an adoption is lost, and the job has ended by then."""
    cloud = FakeCloud()
    unanswered(cloud)
    ours = the_job(cloud)
    cloud.wait(settled(cloud) + 1)
    annotate = cloud.objects.annotate
    cloud.objects.annotate = lambda *_: None  # type: ignore[method-assign]  # lost
    cloud.poll()
    cloud.objects.annotate = annotate  # type: ignore[method-assign]  # back
    cloud.batches.move(ours.name, JobState.SUCCEEDED)
    cloud.poll()

    twin = cloud.batches.create(cloud.batches.requests[0])
    cloud.poll()

    assert cloud.batches.cancelled == [twin.name]


def test_a_process_that_sleeps_with_the_create_in_its_hand_makes_a_second_job(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The one way to it while lists do not lag; README and runbook say so."""
    cloud = FakeCloud()
    drop = cloud.drop()
    sleeper = Process(lambda: cloud.submit(drop))
    cloud.faults.on_call = lambda call: (
        sleeper.wait_for_turn(call) if sleeper.is_running() else None
    )
    sleeper.start()
    while sleeper.at != "batches.create":
        sleeper.go()

    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    cloud.poll()
    ours = the_job(cloud)
    while not sleeper.done:
        sleeper.go()
    cloud.poll()
    cloud.batches.move(ours.name, JobState.SUCCEEDED)
    cloud.poll()

    (twin,) = set(cloud.batches.jobs) - {ours.name}
    assert cloud.batches.cancelled == [twin]
    assert '"event": "twin_cancelled"' in capsys.readouterr().out
    second = [w for w in message(cloud)["warnings"] if w["code"] == "second_job"]
    assert twin in second[0]["message"]


def test_a_second_create_without_an_answer_rests_before_the_third() -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateUnknownError("UNAVAILABLE", "reset")
    drop = cloud.drop()
    cloud.submit(drop)
    for _ in range(2):
        cloud.wait(settled(cloud) + 1)
        cloud.poll()
        cloud.poll()

    assert record(cloud, drop.drop_id).create_tries == 2
    cloud.wait(cloud.settings.hold_min_seconds)
    cloud.poll()
    assert record(cloud, drop.drop_id).create_tries == 3
