"""Jobs that carry our labels and that no open drop waits for."""

import json
from dataclasses import replace

import pytest

from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import message, the_job

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
