"""Second jobs that no list of active jobs has shown: ended, or named, all the same."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import RefusedError, ServiceError
from shared.jobs import Job, JobState
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import (
    at_call,
    fail_every,
    in_doubt,
    message,
    record,
    settled,
    unanswered,
)

Lines = pytest.CaptureFixture[str]


def told(lines: Lines, job: str) -> list[str]:
    """The events of the log lines that are of this job."""
    said = [json.loads(line) for line in lines.readouterr().out.splitlines()]
    return [line["event"] for line in said if line.get("job") == job]


def two_jobs(state: JobState = JobState.PENDING) -> tuple[FakeCloud, str, str]:
    """A drop of whose create nobody heard, and that made two: the second is so."""
    cloud = FakeCloud()
    drop = unanswered(cloud)
    cloud.batches.make_again()
    _, second = cloud.batches.jobs
    cloud.batches.move(second, state)
    cloud.wait(settled(cloud) + 1)
    return cloud, drop.drop_id, second


def swept(state: JobState, rest: int = 600) -> tuple[FakeCloud, str]:
    """A drop in doubt at the end of its sweep; its first job shows only now, so."""
    cloud = FakeCloud(hold_max_seconds=str(rest))
    first = in_doubt(cloud, hidden=True)
    cloud.batches.finish()
    cloud.batches.jobs[first.name] = first
    cloud.poll()
    cloud.wait(cloud.settings.sweep_seconds + 1)
    cloud.batches.move(first.name, state)

    def found(name: str) -> None:
        if name == "batches.find":
            cloud.batches.hidden.clear()

    cloud.faults.on_call = found
    return cloud, first.name


@pytest.mark.parametrize(
    "state", [JobState.PENDING, JobState.RUNNING, JobState.PAUSED, JobState.UNKNOWN]
)
def test_who_adopts_one_of_two_ends_the_other_at_once(
    state: JobState, capsys: Lines
) -> None:
    """Whether or not it lives until the next list, and a list shows such a state."""
    cloud, drop_id, second = two_jobs(state)

    cloud.poll()

    assert cloud.batches.cancelled == [second]
    assert record(cloud, drop_id).twins == (second,)
    assert told(capsys, second) == ["twin_cancelled"]


def test_the_message_names_one_that_ended_before_any_list_showed_it() -> None:
    cloud, _, second = two_jobs()
    fail_every(cloud, "batches.cancel", ServiceError("no"))
    cloud.poll()
    cloud.batches.move(second, JobState.SUCCEEDED)

    cloud.until_quiet()

    (warning,) = message(cloud)["warnings"]
    assert second in warning["message"]


def test_nothing_is_told_of_one_that_was_cancelled(capsys: Lines) -> None:
    cloud, drop_id, second = two_jobs(JobState.CANCELLED)

    cloud.until_quiet()

    assert told(capsys, second) == []
    assert record(cloud, drop_id).twins == ()


def test_one_that_ran_to_its_end_although_it_was_asked_to_is_told_of(
    capsys: Lines,
) -> None:
    cloud, _, second = two_jobs()
    cloud.poll()
    cloud.batches.move(second, JobState.SUCCEEDED)

    cloud.until_quiet()

    assert told(capsys, second) == ["twin_cancelled", "twin_ended"]


def test_who_dies_while_it_ends_a_job_has_told_of_that(capsys: Lines) -> None:
    """The next poll finds it ending, and has nothing to say."""
    cloud, _, second = two_jobs()

    def die_after_it() -> None:
        cloud.faults.crash_after = len(cloud.faults.calls) - 1

    at_call(cloud, "batches.cancel", die_after_it)
    with pytest.raises(Crash):
        cloud.poll()

    assert cloud.batches.cancelled == [second]
    assert told(capsys, second) == ["twin_cancelled"]


def test_one_that_had_ended_is_told_of_although_who_adopts_the_other_dies(
    capsys: Lines,
) -> None:
    """By the last look at the drop."""
    cloud, drop_id, second = two_jobs(JobState.SUCCEEDED)

    def die_after_it() -> None:
        cloud.faults.crash_after = len(cloud.faults.calls) - 1

    at_call(cloud, "objects.write state", die_after_it)
    with pytest.raises(Crash):
        cloud.poll()
    assert record(cloud, drop_id).twins == (second,)

    cloud.until_quiet()

    assert told(capsys, second) == ["twin_ended"]
    (warning,) = message(cloud)["warnings"]
    assert second in warning["message"]


def test_a_list_that_shows_a_job_twice_shows_one() -> None:
    """As where jobs come and go between two pages of it."""
    cloud = FakeCloud()
    drop = unanswered(cloud)
    find = cloud.batches.find

    def twice(location: str, key: str) -> list[Job]:
        found = find(location, key)
        return [*found, *map(replace, found)]

    cloud.batches.find = twice  # type: ignore[method-assign]  # a fault
    cloud.wait(settled(cloud) + 1)

    cloud.poll()

    assert record(cloud, drop.drop_id).twins == ()
    assert cloud.batches.cancelled == []


def test_one_that_shows_after_the_message_is_ended_and_not_written_down(
    capsys: Lines,
) -> None:
    cloud = FakeCloud()
    first = in_doubt(cloud, hidden=True)
    cloud.batches.finish()
    cloud.batches.jobs[first.name] = first
    cloud.poll()
    before = message(cloud)
    cloud.batches.hidden.clear()

    cloud.poll()

    assert cloud.batches.cancelled == [first.name]
    assert told(capsys, first.name)[-1] == "twin_cancelled"
    assert record(cloud, before["drop"]["id"]).twins == ()


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.UNKNOWN])
def test_one_that_runs_and_shows_at_the_last_look_alone_is_ended(
    state: JobState, capsys: Lines
) -> None:
    cloud, first = swept(state)

    cloud.poll()

    assert cloud.batches.cancelled == [first]
    assert told(capsys, first) == ["twin_cancelled"]
    assert cloud.open() == []


def test_the_marker_stays_until_it_could_be_asked_to_end(capsys: Lines) -> None:
    cloud, first = swept(JobState.UNKNOWN)
    fail_every(cloud, "batches.cancel", ServiceError("no"))
    cloud.batches.hidden.clear()

    cloud.poll()
    assert told(capsys, first) == ["twin_cancelled", "twin_not_cancelled"]
    cloud.faults.on_call = lambda _: None
    cloud.poll()
    assert len(cloud.open()) == 1
    # It rests: a call that hangs would take a minute of each tick.
    cloud.wait(cloud.settings.hold_max_seconds + 1)
    cloud.poll()

    assert cloud.batches.cancelled == [first]
    assert cloud.open() == []


def test_but_no_longer_than_for_another_sweep() -> None:
    cloud, first = swept(JobState.UNKNOWN, rest=420)
    fail_every(cloud, "batches.cancel", RefusedError("it has ended"))
    cloud.batches.hidden.clear()
    until = cloud.now() + timedelta(seconds=cloud.settings.sweep_seconds)
    while cloud.open():
        last = cloud.now()
        cloud.poll()
        cloud.wait(60)

    assert 0 <= (last - until).total_seconds() <= 60
    assert cloud.batches.jobs[first].state is JobState.UNKNOWN


def test_what_is_ending_keeps_no_marker(capsys: Lines) -> None:
    cloud, first = swept(JobState.CANCELLING)

    cloud.poll()

    assert cloud.batches.cancelled == []
    assert told(capsys, first) == []
    assert cloud.open() == []
