"""
Drops on the local cloud: the deployable archive, the real framework and the
real clients, from the upload to the message.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from localcloud.pipeline.deployment import Deployment
from shared.drops import FINALIZED, Drop
from shared.problems import Code
from tests.e2e.pipeline import Pipeline
from tests.running_cloud import wait_until
from tests.schemas import check_report


def rows(count: int, text: str = "Say") -> bytes:
    lines = (
        json.dumps(
            {
                "key": f"row-{number}",
                "request": {
                    "contents": [
                        {"role": "user", "parts": [{"text": f"{text} {number}"}]}
                    ]
                },
            }
        )
        for number in range(count)
    )
    return "\n".join(lines).encode() + b"\n"


@pytest.mark.parametrize("count", [1, 10, 200_000])
def test_every_row_of_a_drop_comes_back(running: Pipeline, count: int) -> None:
    drop = running.drop(f"demo/{count} rows.jsonl", rows(count))

    said = running.message(drop, seconds=180)

    assert said["outcome"] == "completed"
    assert said["counts"]["succeeded"] == count
    keys = {row["key"] for row in running.answers(said)}
    assert keys == {f"row-{number}" for number in range(count)}


def test_the_folder_and_the_pointer_say_what_the_message_says(
    running: Pipeline,
) -> None:
    drop = running.drop("demo/ä b%2F.jsonl", rows(2))

    (received,) = running.messages(drop)

    said = received["said"]
    assert running.content(f"{said['output_uri']}drop.json") == received["data"]
    results = running.cloud.told["results"]
    pointer = f"gs://{results}/by-name/demo%2F%C3%A4%20b%252F.jsonl"
    led_to = json.loads(running.content(f"{pointer}/{drop.generation}.json"))
    assert led_to["output_uri"] == said["output_uri"]


def test_a_global_route_runs_in_global(running: Pipeline) -> None:
    drop = running.drop("global/a.jsonl", rows(2))

    said = running.message(drop)

    assert said["location"] == "global"
    (job,) = running.jobs(drop, "global")
    assert job["name"] == said["jobs"][0]["name"]


BAD = {
    Code.NOT_UTF8: rows(1) + b'{"request": "\xff"}\n',
    Code.NOT_JSON: rows(1) + b"{\n",
    Code.NO_REQUEST: rows(1) + b'{"key": "a"}\n',
    Code.EMPTY_FILE: b"",
    Code.TOO_MANY_ROWS: b"{}\n" * 200_001,
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_is_rejected_with_a_report_and_never_billed(
    running: Pipeline, code: Code
) -> None:
    drop = running.drop(f"demo/{code}.jsonl", BAD[code])

    said = running.message(drop)

    assert said["outcome"] == "rejected"
    assert running.jobs(drop) == []
    report = check_report(running.content(said["report_uri"]))
    if code is Code.TOO_MANY_ROWS:
        # The hundred that are shown are of the rows before it.
        assert report["problem_count"] == 200_001
        assert said["reason"] == Code.NO_REQUEST
        return
    assert said["reason"] == code
    assert report["problems"][0]["line"] == (0 if code is Code.EMPTY_FILE else 2)


def test_what_is_ignored_leaves_one_line_with_the_reason(running: Pipeline) -> None:
    running.drop("demo/notes.txt", b"hello")

    def ignored() -> list[dict[str, Any]]:
        return [
            line
            for line in running.log("submit_job")
            if line["event"] == "ignored" and line["name"] == "demo%2Fnotes.txt"
        ]

    wait_until(ignored)
    assert [line["reason"] for line in ignored()] == ["suffix"]


@pytest.mark.parametrize(
    ("state", "outcome", "reason"),
    [
        ("JOB_STATE_FAILED", "failed", "job_failed"),
        ("JOB_STATE_CANCELLED", "failed", "job_cancelled"),
        ("JOB_STATE_EXPIRED", "failed", "job_expired"),
        ("JOB_STATE_PARTIALLY_SUCCEEDED", "partial", "job_partially_succeeded"),
    ],
)
def test_each_way_a_job_may_end_ends_its_drop(
    running: Pipeline, state: str, outcome: str, reason: str
) -> None:
    error = {"code": 13, "message": "System error. Please try this operation again."}
    script = {"state": state, "after_share": 0.5, "error": error}
    running.faults({"method": "RunBatchPredictionJob", "script": script})
    drop = running.drop(f"demo/{reason}.jsonl", rows(4))

    said = running.message(drop)

    running.faults()
    assert (said["outcome"], said["reason"]) == (outcome, reason)
    assert said["jobs"][0]["state"] == state
    if outcome == "failed":
        assert said["error"]["retryable"]


def test_a_model_that_does_not_exist_is_the_services_word(running: Pipeline) -> None:
    missing = {
        "method": "CreateBatchPredictionJob",
        "error": {
            "code": "NOT_FOUND",
            "message": "The PublisherModel x does not exist.",
        },
        "times": 1,
    }
    running.faults(missing)
    drop = running.drop("demo/no model.jsonl", rows(1))

    said = running.message(drop)

    assert said["reason"] == "create_refused"
    assert said["error"]["message"] == "The PublisherModel x does not exist."


def test_a_create_whose_answer_is_lost_makes_one_job(running: Pipeline) -> None:
    running.faults(
        {
            "method": "CreateBatchPredictionJob",
            "cut": True,
            "after_effect": True,
            "times": 1,
        }
    )
    drop = running.drop("demo/lost answer.jsonl", rows(1))

    said = running.message(drop, seconds=90)

    assert said["outcome"] == "completed"
    assert len(running.jobs(drop)) == 1


def test_a_create_that_is_told_to_wait_is_made_later(running: Pipeline) -> None:
    running.faults(
        {
            "method": "CreateBatchPredictionJob",
            "error": {"code": "RESOURCE_EXHAUSTED"},
            "times": 2,
        }
    )
    drop = running.drop("demo/held.jsonl", rows(1))

    assert running.message(drop)["outcome"] == "completed"
    assert len(running.jobs(drop)) == 1


def test_two_generations_of_one_name_are_two_drops(running: Pipeline) -> None:
    first = running.drop("demo/twice.jsonl", rows(1, "first"))
    second = running.drop("demo/twice.jsonl", rows(2, "second"))

    assert running.message(first)["counts"]["succeeded"] == 1
    assert running.message(second)["counts"]["succeeded"] == 2


def test_a_file_that_is_deleted_at_once_still_runs(running: Pipeline) -> None:
    drop = running.drop("demo/deleted.jsonl", rows(1))
    running.client.bucket(drop.bucket).blob(drop.name).delete()

    assert running.message(drop)["outcome"] == "completed"


def test_events_that_come_twice_late_and_out_of_order_change_nothing(
    running: Pipeline,
) -> None:
    running.disturb(seed=7, copies=2, delay_seconds=[0, 1], shuffle=True)
    drops = [running.drop(f"demo/disturbed {n}.jsonl", rows(1)) for n in range(5)]

    for drop in drops:
        assert running.message(drop)["outcome"] == "completed"
        running.until_closed(drop)
    running.disturb()
    assert [len(running.jobs(drop)) for drop in drops] == [1] * 5
    assert [len(running.messages(drop)) for drop in drops] == [1] * 5


def event(drop: Drop, number: int) -> dict[str, Any]:
    return {
        "headers": {
            "ce-specversion": "1.0",
            "ce-id": f"twenty-{number}",
            "ce-source": f"//storage.googleapis.com/projects/_/buckets/{drop.bucket}",
            "ce-type": FINALIZED,
            "ce-time": "2026-11-23T12:00:00Z",
        },
        "json": {
            "bucket": drop.bucket,
            "name": drop.name,
            "generation": str(drop.generation),
            "size": str(drop.size),
            "crc32c": drop.crc32c,
            "timeCreated": drop.dropped_at.isoformat(),
        },
    }


def test_one_event_twenty_times_at_once_is_one_job_and_one_message(
    running: Pipeline,
) -> None:
    running.disturb(copies=19)
    drop = running.drop("demo/twenty.jsonl", rows(1))
    url = running.cloud.status()["functions"]["submit_job"]["url"]

    def deliver(number: int) -> int:
        return requests.post(url, timeout=60, **event(drop, number)).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deliver, range(20)))

    running.disturb()
    assert answers == [200] * 20
    assert running.message(drop)["outcome"] == "completed"
    running.until_closed(drop)
    assert len(running.jobs(drop)) == 1
    assert len(running.messages(drop)) == 1


_AT_ONCE = """
import json, os, sys, threading
from shared import wiring
from shared.drops import FINALIZED, drop_from_event

drop = drop_from_event(FINALIZED, json.loads(sys.argv[1]))
wiring.submission()  # the clients are made before the race
start = threading.Barrier(20)
errors = []

def receive():
    start.wait()
    try:
        wiring.submission().receive(drop)
    except BaseException as error:
        errors.append(repr(error))

threads = [threading.Thread(target=receive) for _ in range(20)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps({"errors": errors}), file=sys.stderr)
"""


def test_twenty_handlers_at_once_make_one_job_and_one_message(
    running: Pipeline,
) -> None:
    """With no handler waiting for another, as twenty instances would not."""
    running.disturb(delay_seconds=[3, 3])
    drop = running.drop("demo/at once.jsonl", rows(1))
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE, json.dumps(event(drop, 0)["json"])],
        env={**running.cloud.environment, **Deployment().settings()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    running.disturb()
    assert json.loads(done.stderr.splitlines()[-1]) == {"errors": []}, done.stderr
    assert running.message(drop)["outcome"] == "completed"
    running.until_closed(drop)
    assert len(running.jobs(drop)) == 1
    assert len(running.messages(drop)) == 1
