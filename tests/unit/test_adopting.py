"""Which job of several becomes the drop's, and from which drops that is kept."""

import pytest

from shared.drops import Drop
from shared.errors import RefusedError
from shared.jobs import Job, JobState
from shared.records import State
from tests.fakes import FakeCloud
from tests.moments import (
    fail_every,
    message,
    record,
    requeue,
    settled,
    unanswered,
)


def asked_twice(cloud: FakeCloud, *, answered: bool) -> tuple[Drop, list[Job]]:
    """
    A drop whose first create is not answered, nor its job shown when it settles; and
    the second is `answered` or not.
    """
    drop = unanswered(cloud)
    cloud.batches.hidden.update(cloud.batches.jobs)
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    cloud.batches.create_unknown_with_job = not answered
    cloud.poll()
    cloud.batches.create_unknown_with_job = False
    return drop, list(cloud.batches.jobs.values())


def polled(cloud: FakeCloud, times: int) -> None:
    for _ in range(times):
        cloud.wait(700)
        cloud.poll()


@pytest.mark.parametrize(
    "state",
    [JobState.CANCELLED, JobState.CANCELLING, JobState.FAILED, JobState.EXPIRED],
)
def test_what_has_come_to_nothing_is_not_taken_before_what_runs(
    state: JobState,
) -> None:
    cloud = FakeCloud()
    drop, (first, second) = asked_twice(cloud, answered=False)
    cloud.batches.hidden.clear()
    cloud.batches.move(first.name, state)

    cloud.wait(settled(cloud) + 1)
    cloud.until_quiet()

    assert message(cloud)["outcome"] == "completed"
    assert record(cloud, drop.drop_id).job_name == second.name


def test_but_it_is_taken_for_want_of_another() -> None:
    cloud = FakeCloud()
    unanswered(cloud)
    (job,) = cloud.batches.jobs.values()
    cloud.batches.move(job.name, JobState.CANCELLED)

    cloud.wait(settled(cloud) + 1)
    cloud.until_quiet()

    assert message(cloud)["reason"] == "job_cancelled"
    assert len(cloud.batches.requests) == 1


def test_a_drop_that_was_set_aside_with_its_job_keeps_it() -> None:
    """Whatever else shows meanwhile; and nothing puts it back but an operator."""
    cloud = FakeCloud(set_aside_tries="2")
    drop, (first, second) = asked_twice(cloud, answered=True)
    cloud.batches.hidden.add(second.name)
    cloud.batches.poisoned.add(second.name)
    polled(cloud, 4)
    before = record(cloud, drop.drop_id)
    assert (before.state, before.set_aside_from) == (
        State.SET_ASIDE,
        State.SUBMITTED,
    )

    cloud.batches.hidden.clear()
    cloud.batches.poisoned.clear()
    polled(cloud, 2)

    after = record(cloud, drop.drop_id)
    assert (after.state, after.job_name) == (State.SET_ASIDE, before.job_name)
    assert first.name in cloud.batches.cancelled

    requeue(cloud, drop.drop_id)
    cloud.until_quiet()

    assert message(cloud)["outcome"] == "completed"
    assert cloud.batches.cancelled == [first.name]


def test_a_drop_that_was_set_aside_with_its_message_keeps_that() -> None:
    cloud = FakeCloud(set_aside_tries="2")
    drop, (first, _) = asked_twice(cloud, answered=True)
    cloud.batches.finish()
    cloud.batches.jobs[first.name] = first
    cloud.objects.refused = {"results"}
    polled(cloud, 4)
    frozen = record(cloud, drop.drop_id)
    assert frozen.state is State.SET_ASIDE
    assert frozen.message

    cloud.objects.refused = set()
    cloud.batches.hidden.clear()
    polled(cloud, 2)
    requeue(cloud, drop.drop_id)
    cloud.until_quiet()

    (last,) = {
        data
        for data, attributes in cloud.announcements.published
        if attributes["outcome"] != "late"
    }
    assert last == frozen.message.data.encode()


def test_a_second_job_that_had_ended_is_told_of_where_the_first_is_adopted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud()
    unanswered(cloud)
    cloud.batches.make_again()
    _, second = cloud.batches.jobs
    cloud.batches.move(second, JobState.SUCCEEDED)

    cloud.wait(settled(cloud) + 1)
    cloud.until_quiet()

    assert f'"twin_ended", "drop_id": "{message(cloud)["drop"]["id"]}", "job": "' in (
        capsys.readouterr().out
    )
    (warning,) = message(cloud)["warnings"]
    assert warning["code"] == "second_job"
    assert second in warning["message"]


def test_one_that_no_list_has_shown_is_told_of_before_the_marker_goes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud()
    _, (first, _) = asked_twice(cloud, answered=True)
    cloud.batches.finish()
    cloud.batches.hidden.clear()

    cloud.until_quiet()

    told = [
        line for line in capsys.readouterr().out.splitlines() if "twin_ended" in line
    ]
    assert len(told) == 1
    assert first.name in told[0]


@pytest.mark.parametrize("state", [State.SUBMITTING, State.HELD])
def test_one_that_was_set_aside_since_it_could_not_be_looked_for_takes_its_job(
    state: State,
) -> None:
    cloud = FakeCloud(set_aside_tries="2")
    drop = unanswered(cloud)
    if state is State.HELD:
        cloud.batches.hidden.update(cloud.batches.jobs)
        cloud.wait(settled(cloud) + 1)
        cloud.poll()
        cloud.batches.hidden.clear()
    assert record(cloud, drop.drop_id).state is state
    fail_every(cloud, "batches.find", RefusedError("400"))
    polled(cloud, 4)
    assert record(cloud, drop.drop_id).set_aside_from is state

    cloud.faults.on_call = lambda _: None
    polled(cloud, 1)

    assert record(cloud, drop.drop_id).state is State.SUBMITTED


def test_one_that_was_set_aside_for_want_of_an_answer_takes_its_job_when_it_shows() -> (
    None
):
    cloud = FakeCloud(
        set_aside_tries="1",
        routes='[{"prefix": "in/", "model": "m", "limits": {"queue_seconds": 60}}]',
    )
    drop = unanswered(cloud)
    cloud.batches.hidden.update(cloud.batches.jobs)
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    assert record(cloud, drop.drop_id).state is State.SET_ASIDE

    cloud.batches.hidden.clear()
    cloud.until_quiet()

    assert message(cloud)["outcome"] == "completed"
    assert len(cloud.batches.requests) == 1
