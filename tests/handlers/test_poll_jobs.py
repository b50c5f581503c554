"""A tick, through the real framework."""

import json

import pytest
from flask.testing import FlaskClient

from shared.errors import ServiceError
from tests.fakes import ROW, FakeCloud
from tests.moments import fail_every


def test_a_tick_that_can_not_list_is_a_failure(
    cloud: FakeCloud, poll: FlaskClient
) -> None:
    cloud.faults.fail[0] = lambda: ServiceError("away")

    assert poll.post("/").status_code == 500


def test_a_tick_goes_on_where_vertex_ai_does_not_answer(
    cloud: FakeCloud, poll: FlaskClient
) -> None:
    """What can't be seen waits; a rejected file is announced all the same."""
    cloud.submit(cloud.drop(ROW, name="in/runs.jsonl"))
    cloud.submit(cloud.drop(b"{}\n", name="in/bad.jsonl"))
    cloud.faults.calls.clear()
    cloud.faults.fail[1] = lambda: ServiceError("away")

    answer = poll.post("/")

    assert cloud.faults.calls[1] == "batches.active"
    assert answer.get_json()["failed"] == 1
    assert len(cloud.announcements.published) == 1
    assert "batches.get" not in cloud.faults.calls


def test_an_idle_tick_says_that_it_came(
    cloud: FakeCloud, poll: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """An alert waits for the tick that does not come."""
    assert poll.post("/").status_code == 200

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "severity": "INFO",
        "event": "tick",
        "open": 0,
        "moved": 0,
        "failed": 0,
        "left": 0,
        "seconds": 0.0,
    }
    assert cloud.faults.calls == ["objects.list state"]


def test_a_tick_in_which_there_was_a_bug_says_that_it_came_and_fails(
    cloud: FakeCloud, poll: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.submit(cloud.drop(ROW))
    cloud.batches.finish()
    fail_every(cloud, "batches.get", ValueError("a bug"))

    assert poll.post("/").status_code == 500

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["failed"] for line in told if line["event"] == "tick"] == [1]


def test_a_look_at_the_inbox_is_asked_for_under_a_path_and_a_tick_under_no_other(
    cloud: FakeCloud, poll: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(ROW)
    cloud.wait(3600)

    assert poll.post("/backstop/else").get_json()["open"] == 0
    capsys.readouterr()
    look = poll.post("/backstop").get_json()

    assert look == {
        "listed": 1,
        "looked_up": 1,
        "claimed": 1,
        "failed": 0,
        "finished": True,
        "seconds": 0.0,
    }
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1] == {"severity": "INFO", "event": "backstop", **look}
    assert len(cloud.open()) == 1


def test_a_look_that_can_not_list_is_a_failure(
    cloud: FakeCloud, poll: FlaskClient
) -> None:
    cloud.faults.fail[1] = lambda: ServiceError("away")

    assert poll.post("/backstop").status_code == 500
