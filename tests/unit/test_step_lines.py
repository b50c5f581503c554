"""Each step of a drop is one line, which says which drop it is and what came of it."""

import json
from typing import Any

import pytest

from shared.errors import CreateHeldError, CreateUnknownError, ServiceError
from shared.jobs import JobState
from tests.fakes import FakeCloud
from tests.moments import at_call, number_of, the_job

Lines = pytest.CaptureFixture[str]


def told(lines: Lines, event: str = "") -> list[dict[str, Any]]:
    """What was written since; of one event alone, if it is named."""
    found = [json.loads(line) for line in lines.readouterr().out.splitlines()]
    return [line for line in found if event in ("", line["event"])]


def info(event: str, drop_id: str, **fields: object) -> dict[str, Any]:
    return {"severity": "INFO", "event": event, "drop_id": drop_id, **fields}


def test_each_step_to_a_job_is_a_line_with_the_drop_and_what_came_of_it(
    capsys: Lines,
) -> None:
    cloud = FakeCloud()
    drop = cloud.drop(name="in/ä.jsonl")

    cloud.submit(drop)

    assert told(capsys) == [
        info("claimed", drop.drop_id, name="in%2F%C3%A4.jsonl"),
        info("staged", drop.drop_id, rows=1),
        info("create_asked", drop.drop_id, route="in/", location="us-central1"),
        info("submitted", drop.drop_id, job=the_job(cloud).name),
    ]


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            CreateHeldError("RESOURCE_EXHAUSTED", "quota"),
            {
                "severity": "INFO",
                "event": "held",
                "route": "in/",
                "code": "RESOURCE_EXHAUSTED",
            },
        ),
        (
            CreateUnknownError("UNAVAILABLE", "reset"),
            {"severity": "WARNING", "event": "create_unknown", "code": "UNAVAILABLE"},
        ),
    ],
)
def test_a_create_that_made_no_job_is_told_of_with_what_vertex_ai_said(
    capsys: Lines, answer: Exception, line: dict[str, Any]
) -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: answer
    drop = cloud.drop()

    cloud.submit(drop)

    assert told(capsys)[-1] == {**line, "drop_id": drop.drop_id}


def test_a_drop_that_nobody_asked_for_is_told_of_with_why_it_waits(
    capsys: Lines,
) -> None:
    cloud = FakeCloud()
    drop = cloud.drop(name="off/a.jsonl")

    cloud.submit(drop)

    assert told(capsys)[-1] == info(
        "held", drop.drop_id, route="off/", code="route_disabled"
    )


def test_a_create_that_comes_too_late_is_told_of(capsys: Lines) -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    intent = number_of("objects.write state", 2)

    def freeze(_: str) -> None:
        if len(cloud.faults.calls) == intent + 1:
            cloud.wait(cloud.settings.create_deadline_seconds)

    cloud.faults.on_call = freeze
    cloud.submit(drop)

    assert told(capsys)[-2:] == [
        {
            "severity": "WARNING",
            "event": "create_too_late",
            "drop_id": drop.drop_id,
        },
        info("held", drop.drop_id, route="in/", code="too_late"),
    ]


def test_a_claim_that_was_taken_over_is_told_of_by_who_lost_it(capsys: Lines) -> None:
    cloud = FakeCloud()
    drop = cloud.drop()

    def sleep() -> None:
        cloud.wait(cloud.settings.claim_lease_seconds + 1)
        cloud.poll()

    at_call(cloud, "objects.copy work", sleep)
    cloud.submit(drop)

    assert told(capsys)[-1] == info("lost_race", drop.drop_id)


def test_what_is_ignored_is_told_of_by_its_name(capsys: Lines) -> None:
    cloud = FakeCloud()

    cloud.submit(cloud.drop(name="in/ä.txt"))

    assert told(capsys) == [
        {
            "severity": "INFO",
            "event": "ignored",
            "reason": "suffix",
            "name": "in%2F%C3%A4.txt",
        }
    ]


def test_advice_that_could_not_be_left_is_told_of(capsys: Lines) -> None:
    cloud = FakeCloud()
    cloud.faults.fail[number_of("objects.annotate state")] = lambda: ServiceError("x")
    drop = cloud.drop()

    cloud.submit(drop)

    assert told(capsys)[-1] == {
        "severity": "WARNING",
        "event": "not_advised",
        "drop_id": drop.drop_id,
        "error": "ServiceError",
    }


def test_a_late_drop_is_told_of_with_its_reason_and_its_message(capsys: Lines) -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.move(the_job(cloud).name, JobState.PAUSED)

    cloud.poll()

    assert told(capsys, "late") == [
        {
            "severity": "WARNING",
            "event": "late",
            "drop_id": drop.drop_id,
            "route": "in/",
            "reason": "paused",
            "message_id": "1",
        }
    ]


def test_a_drop_that_is_set_aside_is_told_of_with_where_it_came_to(
    capsys: Lines,
) -> None:
    cloud = FakeCloud(set_aside_tries="1")
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.poisoned.add(the_job(cloud).name)
    cloud.batches.finish()

    cloud.poll()

    assert told(capsys, "set_aside") == [
        {
            "severity": "ERROR",
            "event": "set_aside",
            "drop_id": drop.drop_id,
            "route": "in/",
            "state": "submitted",
        }
    ]
