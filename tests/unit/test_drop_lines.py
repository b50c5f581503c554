"""What a drop's lines say of it, and that each is said once."""

import json
from typing import Any

import pytest

from shared.errors import CreateHeldError
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import the_job

Lines = pytest.CaptureFixture[str]


def told(lines: Lines) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.readouterr().out.splitlines()]


def of(event: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == event]


def test_a_drop_is_told_of_with_its_rows_and_its_time(capsys: Lines) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.wait(3_600)
    cloud.batches.finish(successful=0, failed=1)

    cloud.poll()

    lines = told(capsys)
    (ended,) = of("ended", lines)
    assert ended["route"] == "in/"
    assert ended["outcome"] == "partial"
    assert ended["reason"] == "rows_without_answer"
    assert (ended["succeeded"], ended["failed"], ended["missing"]) == (0, 1, 0)
    (announced,) = of("announced", lines)
    assert announced["outcome"] == "partial"
    assert announced["seconds"] == 3_600


def test_a_message_that_is_published_again_is_told_of_once(capsys: Lines) -> None:
    """Only who writes down that it is out says so, and a drop ends once."""
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    start = len(cloud.faults.calls)
    cloud.poll()
    publish = cloud.faults.calls.index("announcements.publish", start)

    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    cloud.faults.fail_after[publish] = lambda: ConnectionError("answer lost")
    capsys.readouterr()
    with pytest.raises(ConnectionError):
        cloud.poll()
    cloud.until_quiet()

    assert len(cloud.announcements.published) == 2
    lines = told(capsys)
    assert len(of("announced", lines)) == len(of("ended", lines)) == 1


def test_each_create_is_told_of_before_it_is_asked_for(capsys: Lines) -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(cloud.drop(name="world/a.jsonl"))
    cloud.batches.answer = None
    cloud.wait(cloud.settings.hold_min_seconds)
    cloud.poll()

    asked = of("create_asked", told(capsys))

    assert len(cloud.batches.requests) == 1
    assert len(asked) == 2
    assert {each["location"] for each in asked} == {"global"}
    assert {each["route"] for each in asked} == {"world/"}


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.UNKNOWN])
def test_a_job_that_goes_on_only_if_somebody_acts_is_told_of_in_each_tick(
    capsys: Lines, state: JobState
) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.move(the_job(cloud).name, state)
    capsys.readouterr()

    cloud.poll()
    cloud.poll()

    waits = of("still_waits", told(capsys))
    assert [each["state"] for each in waits] == [state, state]


def test_a_paused_job_is_told_of_without_a_read_once_it_was_announced() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.move(the_job(cloud).name, JobState.PAUSED)
    cloud.poll()
    cloud.faults.calls.clear()

    cloud.poll()

    assert cloud.faults.calls == ["objects.list state", "batches.active"]
