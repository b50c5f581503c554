"""A drop that fails every time is set aside, told of, and put back by an operator."""

import contextlib
import json
from dataclasses import replace

import pytest

from shared.errors import RefusedError, ServiceError
from shared.jobs import JobState
from shared.records import State
from shared.setting_aside import RequeueError
from tests.fakes import ROW, FakeCloud
from tests.moments import message, record, requeue, the_job


def poisoned(error: Exception) -> tuple[FakeCloud, str]:
    """A cloud in which asking for one drop's job always comes to this error."""
    cloud = FakeCloud(set_aside_tries="3")
    drop = cloud.drop(name="in/poison.jsonl")
    cloud.submit(drop)
    poison = the_job(cloud).name
    cloud.batches.finish()
    get = cloud.batches.get

    def poisonous(name: str) -> object:
        if name == poison:
            raise error
        return get(name)

    cloud.batches.get = poisonous  # type: ignore[method-assign,assignment]  # a fault
    return cloud, drop.drop_id


def polled(cloud: FakeCloud, times: int) -> None:
    """Poll so often, a quarter of an hour between; a bug is raised by each tick."""
    for _ in range(times):
        with contextlib.suppress(ValueError):
            cloud.poll()
        cloud.wait(900)


@pytest.mark.parametrize("error", [RefusedError("400"), ValueError("a bug")])
def test_a_drop_that_always_fails_is_set_aside_and_told_of_once(
    error: Exception,
) -> None:
    cloud, drop_id = poisoned(error)

    polled(cloud, 2)
    assert record(cloud, drop_id).state is State.SUBMITTED
    polled(cloud, 3)

    assert record(cloud, drop_id).state is State.SET_ASIDE
    assert len(cloud.announcements.published) == 1
    said = message(cloud)
    assert (said["outcome"], said["reason"]) == ("late", "set_aside")


@pytest.mark.parametrize("tries", [1, 3, 4])
def test_it_takes_as_many_tries_as_the_setting_says_and_not_one_less(
    tries: int,
) -> None:
    cloud, drop_id = poisoned(RefusedError("400"))
    cloud.change(set_aside_tries=str(tries))

    polled(cloud, tries - 1)
    before = record(cloud, drop_id)
    polled(cloud, 1)

    assert (before.state, before.failures) == (State.SUBMITTED, tries - 1)
    assert record(cloud, drop_id).state is State.SET_ASIDE


def test_it_is_left_alone_then_and_a_second_job_of_it_is_cancelled() -> None:
    cloud, drop_id = poisoned(RefusedError("400"))
    polled(cloud, 4)
    cloud.poll()
    cloud.faults.calls.clear()

    for _ in range(9):
        cloud.wait(60)
        cloud.poll()

    assert set(cloud.faults.calls) == {"objects.list state", "batches.active"}
    cloud.batches.make_again()
    second = list(cloud.batches.jobs)[-1]
    cloud.poll()
    assert cloud.batches.cancelled == [second]
    assert record(cloud, drop_id).twins == (second,)
    assert record(cloud, drop_id).state is State.SET_ASIDE


def test_a_marker_whose_word_is_stale_keeps_it_back_for_minutes_only() -> None:
    """A poll that slept may say that it is set aside after it was put back."""
    cloud, drop_id = poisoned(RefusedError("400"))
    polled(cloud, 4)
    cloud.poll()
    (marker,) = cloud.open()
    stale = dict(cloud.objects.info("state", marker).metadata)
    cloud.batches.poisoned.clear()
    del cloud.batches.get
    requeue(cloud, drop_id)
    cloud.objects.annotate("state", marker, stale)

    cloud.poll()
    assert cloud.open() == [marker]
    cloud.wait(600)
    cloud.poll()

    assert cloud.open() == []


def test_what_may_pass_by_itself_is_tried_less_often_and_never_set_aside() -> None:
    cloud, drop_id = poisoned(ServiceError("503"))
    tries = 0
    for _ in range(240):
        tries += cloud.poll().failed
        cloud.wait(60)

    found = record(cloud, drop_id)
    assert found.state is State.SUBMITTED
    # Four hours of ticks, a try in ten minutes at most.
    assert 24 <= tries <= 60
    assert (found.failures, found.troubles) == (0, tries)


def test_a_drop_that_recovers_begins_to_count_again() -> None:
    cloud, drop_id = poisoned(RefusedError("400"))
    polled(cloud, 2)
    failing = cloud.batches.get
    running = replace(the_job(cloud), state=JobState.RUNNING)
    cloud.batches.get = lambda name: running  # type: ignore[method-assign]  # it passes
    cloud.poll()
    cloud.batches.get = failing  # type: ignore[method-assign]  # and is back
    polled(cloud, 2)

    assert record(cloud, drop_id).state is State.SUBMITTED


def test_the_others_are_driven_all_the_while() -> None:
    cloud, drop_id = poisoned(ValueError("a bug"))
    for number in range(5):
        cloud.submit(cloud.drop(name=f"in/{number}.jsonl"))
    cloud.batches.finish()

    polled(cloud, 1)

    ended = {data["ce-subject"] for _, data in cloud.announcements.published}
    assert len(ended) == 5
    assert drop_id not in ended


def test_a_check_that_fails_takes_no_time_from_the_others_in_every_tick() -> None:
    """A large file whose check fails would use up the budget of each tick."""
    cloud = FakeCloud()
    drop = cloud.drop(ROW, "in/large.jsonl")
    copy = cloud.objects.copy

    def unable(*_: object) -> object:
        raise ServiceError("503")

    cloud.objects.copy = unable  # type: ignore[method-assign,assignment]  # a fault
    with pytest.raises(ServiceError):
        cloud.submit(drop)
    cloud.wait(cloud.settings.claim_lease_seconds + 1)
    tries = 0
    for _ in range(30):
        tries += cloud.poll().failed
        cloud.wait(60)
    cloud.objects.copy = copy  # type: ignore[method-assign]  # mended
    cloud.until_quiet()

    assert tries <= 8
    assert message(cloud)["outcome"] == "completed"


def test_it_is_put_back_where_it_was_and_ends() -> None:
    cloud, drop_id = poisoned(RefusedError("400"))
    polled(cloud, 4)
    del cloud.batches.get

    assert requeue(cloud, drop_id).state is State.SUBMITTED
    cloud.until_quiet()

    outcomes = [
        json.loads(data)["outcome"] for data, _ in cloud.announcements.published
    ]
    assert outcomes == ["late", "completed"]


def test_one_that_fails_again_is_set_aside_again_and_told_of_no_more() -> None:
    cloud, drop_id = poisoned(RefusedError("400"))
    polled(cloud, 4)
    requeue(cloud, drop_id)

    polled(cloud, 4)

    assert record(cloud, drop_id).state is State.SET_ASIDE
    assert len(cloud.announcements.published) == 1


def test_a_marker_that_was_lost_meanwhile_is_left_again() -> None:
    cloud, drop_id = poisoned(RefusedError("400"))
    polled(cloud, 4)
    (marker,) = cloud.open()
    cloud.objects.remove("state", marker)
    del cloud.batches.get

    requeue(cloud, drop_id)
    cloud.until_quiet()

    assert message(cloud)["outcome"] == "completed"


def test_only_what_was_set_aside_can_be_put_back() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)

    with pytest.raises(RequeueError, match="is not set aside: it is submitted"):
        requeue(cloud, drop.drop_id)
    with pytest.raises(RequeueError, match="no drop 0000"):
        requeue(cloud, "0" * 32)


def refuses(*_: object, **__: object) -> None:
    raise RefusedError("400")


def test_one_whose_word_can_not_go_out_keeps_where_it_came_from() -> None:
    cloud, drop_id = poisoned(RefusedError("400"))
    cloud.announcements.publish = refuses  # type: ignore[method-assign,assignment]  # a fault

    polled(cloud, 12)

    found = record(cloud, drop_id)
    assert (found.state, found.set_aside_from) == (State.SET_ASIDE, State.SUBMITTED)


def test_a_drop_that_was_announced_for_ever_is_not_told_of_as_late() -> None:
    cloud = FakeCloud(set_aside_tries="3")
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    cloud.objects.delete = refuses  # type: ignore[method-assign]  # a fault

    polled(cloud, 8)

    published = cloud.announcements.published
    assert [said["outcome"] for _, said in published] == ["completed"]
