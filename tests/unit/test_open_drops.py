"""A tick tells what is open, by state and age, and reads nothing more for it."""

import json
from typing import Any

import pytest

from shared.errors import CreateHeldError
from tests.fakes import FakeCloud

Lines = pytest.CaptureFixture[str]


_COMMON = {"severity", "event"}


def told(lines: Lines, event: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in lines.readouterr().out.splitlines()]
    return [
        {name: value for name, value in each.items() if name not in _COMMON}
        for each in found
        if each["event"] == event
    ]


def test_each_state_is_counted_with_the_age_of_its_oldest(capsys: Lines) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="in/1.jsonl"))
    cloud.wait(100)
    cloud.submit(cloud.drop(name="in/2.jsonl"))
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    cloud.submit(cloud.drop(name="in/3.jsonl"))
    cloud.wait(7.5)

    cloud.poll()

    assert told(capsys, "open_drops") == [
        {"state": "held", "count": 1, "oldest_seconds": 7.5},
        {"state": "submitted", "count": 2, "oldest_seconds": 107.5},
    ]


def test_a_drop_whose_job_is_missing_is_counted_as_that(capsys: Lines) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.jobs.clear()
    cloud.poll()
    capsys.readouterr()

    cloud.poll()

    assert [each["state"] for each in told(capsys, "open_drops")] == ["missing"]


@pytest.mark.parametrize("word", ["accounting", "x" * 500, "Held"])
def test_a_word_that_this_code_does_not_know_makes_no_label(
    capsys: Lines, word: str
) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    (name,) = cloud.open()
    cloud.objects.annotate("state", name, {"state": word})

    cloud.poll()

    assert [each["state"] for each in told(capsys, "open_drops")] == ["unknown"]


def test_what_is_open_is_told_before_a_tick_can_die_of_it(capsys: Lines) -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    reads = len(cloud.faults.calls) + 2
    cloud.faults.fail[reads] = lambda: ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        cloud.poll()

    assert len(told(capsys, "open_drops")) == 1
