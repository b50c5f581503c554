"""
Whole jobs through storage, the worker, restarts and kills.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from localcloud.vertex.pace import Pace
from localcloud.vertex.rows.orders import Order, Start
from localcloud.vertex.vertex import RESPONDER
from tests.contract.vertex_bucket import row
from tests.contract.vertex_fixtures import running
from tests.contract.vertex_server import RunningVertex, running_vertex

__all__ = ["running"]

# The clock lets a job run for a while; its rows are done long before.
SLOW = Pace(
    pending_seconds=0.1, running_seconds=3, seconds_per_row=0, cancelling_seconds=0.1
)


def test_many_small_jobs_at_once_all_end(running: RunningVertex) -> None:
    source = running.upload_rows(*(row(f"Text {n}", key=n) for n in range(5)))
    names = [running.create(source, f"small {n}")["name"] for n in range(20)]
    jobs = [running.ended(name) for name in names]
    assert {job["state"] for job in jobs} == {"JOB_STATE_SUCCEEDED"}
    folders = {job["outputInfo"]["gcsOutputDirectory"] for job in jobs}
    assert len(folders) == 20
    for job in jobs:
        assert sorted(line["key"] for line in running.results(job)) == list(range(5))


def test_several_files_by_wildcard_and_media_in_storage(running: RunningVertex) -> None:
    image = running.upload("media/a b.png", b"not really an image")
    for number in range(3):
        rows = row("Look", key=number)
        file = {
            "fileUri": image if number else f"{image}.gone",
            "mimeType": "image/png",
        }
        rows["request"]["contents"][0]["parts"].append({"fileData": file})
        running.upload(f"wild/{number}.jsonl", json.dumps(rows).encode())
    running.upload("wild/other.txt", b"no rows")
    job = running.ended(running.create(f"gs://{running.bucket}/wild/*.jsonl")["name"])
    assert job["completionStats"] == {"successfulCount": "2", "failedCount": "1"}
    failed = {line["key"]: line["status"] for line in running.results(job)}
    assert "was not found" in failed[0]
    assert failed[1] == failed[2] == ""


def test_bad_input_is_a_failed_job_and_no_refused_create(
    running: RunningVertex,
) -> None:
    cases = {
        running.upload("bad/1.jsonl", b"{oops\n"): (3, "JSON parsing error"),
        running.upload_rows({"request": {"tools": [{"googleSearch": {}}]}}): (
            3,
            "Cannot store struct 'request.tools.googleSearch' with no fields",
        ),
        "gs://no-such-bucket/in.jsonl": (9, "Failed to get GCS bucket location"),
        f"gs://{running.bucket}/none.jsonl": (9, "Not found"),
    }
    names = {running.create(uri)["name"]: want for uri, want in cases.items()}
    for name, (code, words) in names.items():
        job = running.ended(name)
        assert job["state"] == "JOB_STATE_FAILED"
        assert job["error"]["code"] == code
        assert words in job["error"]["message"]
        assert "details" not in job["error"]


@pytest.mark.parametrize("end", ["kill", "restart"])
def test_a_large_job_goes_on_after_an_end(tmp_path: Path, end: str) -> None:
    """
    Each row is there once at last, whatever died while they were answered.
    """
    count = 10_000
    with running_vertex(tmp_path, pace=SLOW) as running:
        source = running.upload_rows(*(row(f"Text {n}", key=n) for n in range(count)))
        name = running.create(source)["name"]
        running.reached(name, "RUNNING")
        for _ in range(2):
            if end == "restart":
                running.restart()
                continue
            killed = running.worker_pid
            os.kill(killed, signal.SIGKILL)
            running.worker_other_than(killed)
        assert running.get(name)["state"] == "JOB_STATE_RUNNING"
        job = running.ended(name)
        assert job["state"] == "JOB_STATE_SUCCEEDED"
        assert job["completionStats"] == {"successfulCount": str(count)}
        keys = [line["key"] for line in running.results(job)]
        assert sorted(keys) == list(range(count))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_leaves_signals_to_its_parent(
    running: RunningVertex, how: signal.Signals
) -> None:
    """
    They reach every process of a terminal, or of a service that is stopped.
    """
    source = running.upload_rows(row("Still there?", key="a"))
    workers = set()
    for _ in ("it is up", "it stays so"):
        job = running.ended(running.create(source)["name"])
        assert job["state"] == "JOB_STATE_SUCCEEDED"
        workers.add(running.worker_pid)
        os.kill(running.worker_pid, how)

    assert len(workers) == 1


def test_a_worker_ends_with_whoever_gave_it_orders(tmp_path: Path) -> None:
    start = Start(
        data=str(tmp_path),
        storage_url="http://127.0.0.1:1",
        storage_token="agent",
        knobs={},
        responder=RESPONDER,
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "localcloud.vertex.rows.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with worker:
        assert worker.stdin
        worker.stdin.write(msgspec.json.encode(start) + b"\n")
        worker.stdin.flush()
        # What is in hand doesn't keep it: storage isn't there, and it tries again.
        order = Order(work="import", job="1", input_uris=("gs://b-1/o",))
        worker.stdin.write(msgspec.json.encode(order) + b"\n")
        worker.stdin.close()
        assert worker.wait(20) == 0


def test_a_cancelled_job_leaves_what_was_visible(tmp_path: Path) -> None:
    with running_vertex(tmp_path, pace=SLOW) as running:
        source = running.upload_rows(*(row(f"Text {n}", key=n) for n in range(300)))
        name = running.create(source)["name"]
        running.until(
            lambda: running.get(name),
            lambda job: "successfulCount" in job.get("completionStats", {}),
        )
        assert running.call("POST", f"{name}:cancel").status_code == 200
        job = running.ended(name)
        assert job["state"] == "JOB_STATE_CANCELLED"
        stats = {key: int(value) for key, value in job["completionStats"].items()}
        assert 0 < stats["successfulCount"] < 300
        assert sum(stats.values()) == 300
        lines = running.results(job)
        assert len(lines) == stats["successfulCount"]
        assert len({line["key"] for line in lines}) == len(lines)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with running_vertex(tmp_path) as running:
        worker = psutil.Process(running.worker_pid)
        assert worker.parent() == psutil.Process()
        name = running.create(running.upload_rows(row("One")))["name"]
        running.ended(name)
        folders = {entry.name for entry in (tmp_path / "vertex/rows").iterdir()}
        assert folders - {name[-19:]} == {"worker.lock"}
    assert not worker.is_running()
