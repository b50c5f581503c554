"""Jobs that carry our labels and that no open drop waits for."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import CreateRefusedError
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import at_call, message, the_job
from tests.unit.hanging import hang_where, submitted, tick

Lines = pytest.CaptureFixture[str]


def events(lines: Lines) -> list[str]:
    return [json.loads(line)["event"] for line in lines.readouterr().out.splitlines()]


def closed_with_twin() -> tuple[FakeCloud, str]:
    """A drop that is closed, a second job of its key, and another that is open."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    ours = the_job(cloud)
    cloud.batches.finish()
    cloud.until_quiet()
    twin = cloud.batches.create(cloud.batches.requests[0])
    assert twin.key == ours.key
    cloud.wait(10)
    cloud.submit(cloud.drop(name="in/other.jsonl"))
    return cloud, twin.name


def test_a_second_job_of_a_closed_drop_is_cancelled(capsys: Lines) -> None:
    cloud, twin = closed_with_twin()

    cloud.poll()
    cloud.poll()

    assert cloud.batches.cancelled == [twin]
    assert "twin_cancelled" in events(capsys)


def test_a_job_of_a_drop_that_nobody_knows_is_told_of_and_runs(capsys: Lines) -> None:
    cloud, twin = closed_with_twin()
    cloud.batches.jobs[twin] = replace(cloud.batches.jobs[twin], key="0" * 32 + "-s0a1")

    cloud.poll()

    assert cloud.batches.cancelled == []
    assert "stray_job" in events(capsys)


@pytest.mark.parametrize("key", ["", "x", "in/a.jsonl", "0" * 32])
def test_a_key_that_is_none_of_ours_is_told_of(capsys: Lines, key: str) -> None:
    cloud, twin = closed_with_twin()
    cloud.batches.jobs[twin] = replace(cloud.batches.jobs[twin], key=key)

    cloud.poll()

    assert cloud.batches.cancelled == []
    assert "stray_job" in events(capsys)


def test_a_job_that_was_made_since_the_markers_were_listed_is_none(
    capsys: Lines,
) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.wait(10)

    def on_call(name: str) -> None:
        if name == "batches.active":
            cloud.faults.on_call = lambda _: None
            cloud.submit(cloud.drop(name="in/new.jsonl"))

    cloud.faults.on_call = on_call
    cloud.poll()

    assert "stray_job" not in events(capsys)


def test_a_drop_that_was_claimed_between_the_two_lists_has_no_stray(
    capsys: Lines,
) -> None:
    """Even where Vertex AI's clock is behind ours."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.wait(10)

    def claimed() -> None:
        cloud.submit(cloud.drop(name="in/new.jsonl"))
        name, job = list(cloud.batches.jobs.items())[-1]
        earlier = job.created_at - timedelta(seconds=5)
        cloud.batches.jobs[name] = replace(job, created_at=earlier)

    at_call(cloud, "batches.active", claimed)
    cloud.poll()

    assert "stray_job" not in events(capsys)


def test_one_job_that_is_not_the_drops_own_is_not_taken_for_it() -> None:
    """One POST made two, and the drop's own ended before anybody looked."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    ours = the_job(cloud)
    twin = cloud.batches.create(cloud.batches.requests[0])
    cloud.batches.move(twin.name, JobState.RUNNING, started_at=cloud.now())
    cloud.batches.move(ours.name, JobState.SUCCEEDED)

    for _ in range(20):
        cloud.wait(60)
        cloud.poll()

    assert cloud.batches.cancelled == [twin.name]
    assert message(cloud)["jobs"][0]["name"] == ours.name


def refused_at_last() -> tuple[FakeCloud, str]:
    """A drop that has ended without a job, and the job of its first create."""
    cloud = FakeCloud()
    cloud.batches.create_unknown_with_job = True
    cloud.submit(cloud.drop())
    job = the_job(cloud).name
    cloud.batches.hidden.add(job)
    gone = CreateRefusedError("INVALID_ARGUMENT", "the model is gone")
    cloud.batches.answer = lambda: gone
    for _ in range(20):
        cloud.wait(60)
        cloud.poll()
    cloud.batches.answer = None
    cloud.batches.create_unknown_with_job = False
    assert message(cloud)["reason"] == "create_refused"
    return cloud, job


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_job_of_a_drop_whose_create_was_refused_at_last_is_cancelled(
    capsys: Lines, is_closed: bool
) -> None:
    cloud, job = refused_at_last()
    if is_closed:
        cloud.wait(cloud.settings.sweep_seconds + 1)
        cloud.poll()
        assert cloud.open() == []
        cloud.submit(cloud.drop(name="in/other.jsonl"))

    cloud.batches.hidden.clear()
    cloud.wait(60)
    cloud.poll()

    assert cloud.batches.cancelled == [job]
    assert "twin_cancelled" in events(capsys)


def test_the_message_says_that_there_was_a_second_job() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    ours = the_job(cloud)
    twin = cloud.batches.create(cloud.batches.requests[0])
    cloud.poll()
    cloud.batches.move(ours.name, JobState.SUCCEEDED)

    cloud.until_quiet()

    assert cloud.batches.cancelled == [twin.name]
    (warning,) = message(cloud)["warnings"]
    assert warning["code"] == "second_job"
    assert twin.name in warning["message"]
    assert ours.name not in warning["message"]


def test_a_cancel_that_hangs_keeps_no_other_second_job_from_its_end() -> None:
    """No tick has time for more than one of these."""
    cloud = FakeCloud()
    submitted(cloud, ["in/a.jsonl", *(f"world/{number}.jsonl" for number in range(3))])
    cloud.batches.finish()
    cloud.until_quiet()
    twin, *_ = [cloud.batches.create(each) for each in cloud.batches.requests[:4]]
    submitted(cloud, ["in/open.jsonl", "world/open.jsonl"])
    hang_where(cloud, lambda where: "/global/" in where, "cancel")

    tick(cloud, times=20)

    assert cloud.batches.cancelled == [twin.name]
