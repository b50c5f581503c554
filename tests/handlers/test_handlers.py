"""The handlers through the real framework, with the headers that Google sends."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.drops import FINALIZED, Drop
from shared.errors import (
    MissingError,
    RefusedError,
    ServiceError,
    SettingsError,
)
from tests.fakes import ROW, FakeCloud
from tests.handlers.serving import served


def headers(drop: Drop, **changes: str) -> dict[str, str]:
    return {
        "ce-specversion": "1.0",
        "ce-id": "9147286335406711",
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{drop.bucket}",
        "ce-type": FINALIZED,
        "ce-subject": "objects/x",
        "ce-time": "2026-11-23T12:00:00Z",
        "ce-bucket": drop.bucket,
        "content-type": "application/json",
        **changes,
    }


def body(drop: Drop, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "storage#object",
        "bucket": drop.bucket,
        "name": drop.name,
        "generation": str(drop.generation),
        "metageneration": "1",
        "contentType": "application/json",
        "timeCreated": drop.dropped_at.isoformat(),
        "size": str(drop.size),
        "crc32c": drop.crc32c,
        **changes,
    }


def test_an_event_becomes_a_job_and_a_tick_its_message(
    cloud: FakeCloud, submit: FlaskClient, poll: FlaskClient
) -> None:
    drop = cloud.drop(ROW)

    answer = submit.post("/", headers=headers(drop), json=body(drop))
    assert answer.status_code == 200
    cloud.batches.finish()
    answer = poll.post("/", headers={"X-CloudScheduler": "true"})

    assert answer.status_code == 200
    assert answer.get_json() == {
        "open": 1,
        "moved": 1,
        "failed": 0,
        "left": 0,
        "seconds": 0.0,
    }
    assert len(cloud.announcements.published) == 1


@pytest.mark.parametrize("data", [b"{", b"[]", b"", b"\xff"])
def test_a_body_that_is_no_event_is_answered_and_touches_nothing(
    cloud: FakeCloud, submit: FlaskClient, data: bytes
) -> None:
    answer = submit.post("/", headers=headers(cloud.drop()), data=data)

    assert answer.status_code == 200
    assert cloud.faults.calls == []


def test_an_event_of_another_type_is_answered_and_touches_nothing(
    cloud: FakeCloud, submit: FlaskClient
) -> None:
    drop = cloud.drop()
    other = headers(drop, **{"ce-type": "google.cloud.storage.object.v1.deleted"})

    assert submit.post("/", headers=other, json=body(drop)).status_code == 200
    assert cloud.faults.calls == []


def test_what_may_pass_is_asked_for_again(
    cloud: FakeCloud, submit: FlaskClient
) -> None:
    drop = cloud.drop()
    cloud.faults.fail[0] = lambda: ServiceError("away")

    answer = submit.post("/", headers=headers(drop), json=body(drop))

    assert answer.status_code == 500
    assert submit.post("/", headers=headers(drop), json=body(drop)).status_code == 200
    assert len(cloud.batches.requests) == 1


def test_a_function_with_settings_that_make_no_sense_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DROPBATCH_SETTLE_SECONDS", "1")

    with pytest.raises(SettingsError, match="DROPBATCH_SETTLE_SECONDS"):
        served("submit_job")


def calls_of_a_submit() -> int:
    cloud = FakeCloud()
    cloud.submit(cloud.drop())
    return len(cloud.faults.calls)


ANSWERS = (
    lambda: ServiceError("away"),
    lambda: MissingError("no such bucket"),
    lambda: RefusedError("too large"),
)


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("call", range(calls_of_a_submit()))
def test_no_event_is_answered_before_its_work_is_durable(
    cloud: FakeCloud,
    submit: FlaskClient,
    call: int,
    answer: Callable[[], Exception],
) -> None:
    """
    Whichever call fails once, and however, either the event comes again and is
    done then, or a poll does it: at most one job, and one message.
    """
    drop = cloud.drop(ROW)
    cloud.faults.fail[call] = answer

    while submit.post("/", headers=headers(drop), json=body(drop)).status_code != 200:
        assert len(cloud.faults.calls) < 100
    cloud.until_quiet()

    ((data, _),) = cloud.announcements.published
    rejected = json.loads(data)["outcome"] == "rejected"
    assert len(cloud.batches.requests) == int(not rejected)
