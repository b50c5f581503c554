"""Events that come twice, late, out of order, or twenty times at once."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from google.auth.transport.requests import Request
from google.oauth2.id_token import fetch_id_token

from localcloud.pipeline.deployment import Deployment
from shared.drops import FINALIZED, Drop
from tests.e2e.pipeline import Pipeline, rows
from tests.moments import data_of


def test_events_that_come_twice_late_and_out_of_order_change_nothing(
    running: Pipeline,
) -> None:
    running.disturb(seed=7, copies=2, delay_seconds=[0, 1], shuffle=True)
    drops = [running.drop(f"demo/disturbed {n}.jsonl", rows(1)) for n in range(5)]

    for drop in drops:
        assert running.message(drop)["outcome"] == "completed"
        running.until_closed(drop)
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
        "json": data_of(drop),
    }


def test_one_event_twenty_times_at_once_is_one_job_and_one_message(
    running: Pipeline,
) -> None:
    running.disturb(copies=19)
    drop = running.drop("demo/twenty.jsonl", rows(1))
    url = running.cloud.status()["functions"]["submit_job"]["url"]
    # Whoever runs the cloud may call its functions, as an owner may on Google Cloud.
    token = fetch_id_token(Request(), url)  # type: ignore[no-untyped-call]  # google-auth's

    def deliver(number: int) -> int:
        sent = event(drop, number)
        sent["headers"]["Authorization"] = f"Bearer {token}"
        return requests.post(url, timeout=60, **sent).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deliver, range(20)))

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

    assert json.loads(done.stderr.splitlines()[-1]) == {"errors": []}, done.stderr
    assert running.message(drop)["outcome"] == "completed"
    running.until_closed(drop)
    assert len(running.jobs(drop)) == 1
    assert len(running.messages(drop)) == 1
