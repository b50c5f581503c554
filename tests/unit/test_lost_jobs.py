"""A job that Vertex AI no longer knows is lost once that has lasted, and not before."""

from shared.errors import RefusedError, ServiceError
from tests.fakes import FakeCloud
from tests.moments import fail_every, message, missing, record, requeue, the_job


def test_a_job_that_answers_404_is_lost_only_when_that_has_lasted() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.jobs.clear()

    cloud.poll()
    for _ in range(59):
        cloud.wait(60)
        cloud.poll()
        assert cloud.announcements.published == []

    cloud.wait(60)
    cloud.poll()
    assert message(cloud)["reason"] == "job_lost"


def test_three_404s_a_day_apart_are_not_enough() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    job = the_job(cloud)

    for _ in range(3):
        cloud.batches.jobs.clear()
        cloud.poll()
        cloud.wait(86_400)
        cloud.batches.jobs[job.name] = job
    assert cloud.announcements.published == []

    cloud.until_quiet()
    assert message(cloud)["outcome"] == "completed"


def test_nor_are_404s_enough_that_come_all_at_once_after_a_pause() -> None:
    """An hour with no poll is no hour in which the job was missing."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    job = the_job(cloud)

    cloud.batches.jobs.clear()
    cloud.poll()
    cloud.wait(86_400)
    for _ in range(10):
        cloud.poll()
        cloud.wait(60)
    assert cloud.announcements.published == []

    cloud.batches.jobs[job.name] = job
    cloud.until_quiet()
    assert message(cloud)["outcome"] == "completed"


def test_nor_are_404s_of_an_hour_and_one_more_days_after_them() -> None:
    """Between them nobody could ask."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    job = missing(cloud)
    fail_every(cloud, "batches.get", ServiceError("503"))
    for _ in range(50):
        cloud.poll()
        cloud.wait(3600)
    cloud.faults.on_call = lambda _: None

    cloud.poll()
    assert cloud.announcements.published == []

    cloud.batches.jobs[job.name] = job
    cloud.until_quiet()
    assert message(cloud)["outcome"] == "completed"


def test_nor_are_404s_from_before_it_was_set_aside() -> None:
    cloud = FakeCloud(set_aside_tries="2")
    drop = cloud.drop()
    cloud.submit(drop)
    job = missing(cloud)
    fail_every(cloud, "batches.get", RefusedError("400"))
    while record(cloud, drop.drop_id).state != "set_aside":
        cloud.poll()
        cloud.wait(600)
    cloud.faults.on_call = lambda _: None

    requeue(cloud, drop.drop_id)
    cloud.poll()
    cloud.batches.jobs[job.name] = job
    cloud.until_quiet()
    assert message(cloud, 1)["outcome"] == "completed"


def test_a_job_is_lost_in_the_end_where_that_may_take_days() -> None:
    cloud = FakeCloud(job_lost_seconds="300000")
    cloud.submit(cloud.drop())
    cloud.batches.forget()

    for _ in range(5 * 24):
        cloud.poll()
        cloud.wait(3600)

    assert message(cloud)["reason"] == "job_lost"
