"""Thousands of drops that a poll can do nothing for leave it time for the others."""

import pytest

from shared.errors import ForbiddenError
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import fail_every, record, second_job, the_job
from tests.unit.hanging import bad, hang, is_out, submitted, tick


def test_jobs_that_no_list_shows_and_that_hang_keep_no_other_drop_from_its_end() -> (
    None
):
    cloud = FakeCloud()
    submitted(cloud, [f"in/{number}.jsonl" for number in range(300)])
    hang(cloud, "batches.active", "batches.get")
    rejected = bad(cloud, "world/bad.jsonl")

    tick(cloud)

    assert is_out(cloud, rejected)


@pytest.mark.parametrize("state", [JobState.UNKNOWN, None])
def test_jobs_of_which_there_is_no_news_keep_no_other_drop_from_its_end(
    state: JobState | None,
) -> None:
    """In a state that nobody knows, or missing: each is asked for in every tick."""
    cloud = FakeCloud(poll_budget_seconds="10")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(60)])
    for name in list(cloud.batches.jobs):
        if state:
            cloud.batches.move(name, state)
        else:
            del cloud.batches.jobs[name]
    good = cloud.drop(name="in/good.jsonl")
    cloud.submit(good)
    cloud.batches.move(list(cloud.batches.jobs)[-1], JobState.SUCCEEDED)
    cloud.faults.on_call = lambda _: cloud.wait(0.2)

    # Of a state that nobody knows each is told once, before it has no more news.
    for _ in range(20):
        tick(cloud)

    assert is_out(cloud, good)


def test_nor_do_they_keep_a_second_job_from_its_end() -> None:
    cloud = FakeCloud(poll_budget_seconds="10")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(60)])
    for name in list(cloud.batches.jobs):
        cloud.batches.move(name, JobState.UNKNOWN)
    for _ in range(30):
        tick(cloud)
    assert len(cloud.announcements.published) == 60
    cloud.submit(cloud.drop(name="in/good.jsonl"))
    second = second_job(cloud)
    cloud.faults.on_call = lambda _: cloud.wait(0.2)

    for _ in range(20):
        tick(cloud)

    assert second.name in cloud.batches.cancelled


def test_of_those_that_may_hang_each_has_its_turn() -> None:
    """By lot: the oldest take what time there is, in whichever tick it is by age."""
    cloud = FakeCloud(poll_budget_seconds="10")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(8)])
    cloud.batches.make_again()
    hang(cloud, "batches.cancel")

    for _ in range(60):
        tick(cloud)

    drop_ids = [name.rpartition("/")[2] for name in cloud.open()]
    assert [len(record(cloud, drop_id).twins) for drop_id in drop_ids] == [1] * 8


def test_records_of_newer_code_keep_no_other_drop_from_its_end() -> None:
    cloud = FakeCloud(poll_budget_seconds="10")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(60)])
    cloud.batches.finish()
    for name in cloud.objects.names("state"):
        if name.startswith("rec/"):
            content = cloud.objects.content("state", name)
            newer = content.replace(b'"schema":2', b'"schema":3')
            cloud.objects.put("state", name, newer)
    rejected = bad(cloud, "in/bad.jsonl")
    cloud.faults.on_call = lambda _: cloud.wait(0.1)

    for _ in range(5):
        tick(cloud)

    assert is_out(cloud, rejected)


def test_what_is_set_aside_keeps_no_other_drop_from_its_end() -> None:
    """Each is looked at now and then, and there may be thousands."""
    cloud = FakeCloud(poll_budget_seconds="10", set_aside_tries="1")
    submitted(cloud, [f"in/{number}.jsonl" for number in range(100)])
    cloud.batches.poisoned.update(cloud.batches.jobs)
    cloud.batches.finish()
    while len(cloud.announcements.published) < 100:
        cloud.wait(60)
        cloud.poll()
    cloud.faults.on_call = lambda _: cloud.wait(0.2)
    good = cloud.drop(name="in/good.jsonl")
    cloud.submit(good)
    cloud.batches.finish()

    for _ in range(2):
        cloud.wait(660)
        cloud.poll()

    assert is_out(cloud, good)


def test_a_job_that_no_list_shows_is_announced_within_hours() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    hang(cloud, "batches.active")
    assert the_job(cloud)
    cloud.batches.finish()

    minutes = 0
    while not is_out(cloud, drop) and minutes < 6 * 60:
        tick(cloud)
        minutes += 1

    assert is_out(cloud, drop)


def test_of_the_jobs_that_no_list_shows_a_tick_asks_for_few() -> None:
    cloud = FakeCloud()
    submitted(cloud, [f"in/{number}.jsonl" for number in range(600)])
    fail_every(cloud, "batches.active", ForbiddenError("list"))
    cloud.faults.calls.clear()

    cloud.poll()

    assert 0 < cloud.faults.calls.count("batches.get") < 60
