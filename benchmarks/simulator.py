"""
The batch simulator at its limits: a job of 200,000 rows, and 1,000 jobs at once.

    python -m benchmarks.simulator [--rows N] [--jobs N]

Each through the door, by a client that is told of nothing but the variables.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import google.auth
import psutil
from google.auth.transport.requests import AuthorizedSession
from google.cloud import storage

from benchmarks.process_memory import peak_mib, reset_peaks
from benchmarks.ticket_rows import realistic_rows

_LIMIT_SECONDS = 20.0
_LIMIT_MIB = 300.0
_PATIENCE_SECONDS = 300.0
_BUCKET = "bench"
_JOBS = (
    "https://us-central1-aiplatform.googleapis.com/v1/projects/{}/locations/"
    "us-central1/batchPredictionJobs"
)
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
# Long enough for all jobs to be made before the first one runs.
_SECONDS_A_JOB = 0.03


class Client:
    """A client of one cloud: jobs over REST, objects by Google's library."""

    def __init__(self) -> None:
        credentials, project = google.auth.default(scopes=[_SCOPE])
        self.jobs = _JOBS.format(project)
        self.http = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]  # untyped in google-auth
        self.bucket = storage.Client().create_bucket(_BUCKET)

    def upload(self, name: str, rows: int) -> int:
        """Put a file of rows there; its size."""
        with tempfile.NamedTemporaryFile() as file:
            file.writelines(realistic_rows(rows))
            size = file.tell()
            file.seek(0)
            self.bucket.blob(name).upload_from_file(file, size=size)
        return size

    def create(self, source: str, target: str) -> str:
        """Make a job; its URL."""
        body = {
            "displayName": target,
            "model": "publishers/google/models/gemini-2.5-flash",
            "inputConfig": {
                "instancesFormat": "jsonl",
                "gcsSource": {"uris": [f"gs://{_BUCKET}/{source}"]},
            },
            "outputConfig": {
                "predictionsFormat": "jsonl",
                "gcsDestination": {"outputUriPrefix": f"gs://{_BUCKET}/{target}"},
            },
        }
        answer = self.http.post(self.jobs, json=body)
        answer.raise_for_status()
        job: dict[str, Any] = answer.json()
        return f"{self.jobs}/{job['name'].rpartition('/')[2]}"

    def job(self, url: str) -> dict[str, Any]:
        job: dict[str, Any] = self.http.get(url).json()
        return job

    def count(self, state: str) -> int:
        """How many jobs are in a state."""
        found = 0
        query = {"filter": f'state="JOB_STATE_{state}"', "readMask": "name"}
        while True:
            page = self.http.get(self.jobs, params=query).json()
            found += len(page.get("batchPredictionJobs", []))
            if not page.get("nextPageToken"):
                return found
            query["pageToken"] = page["nextPageToken"]


@contextlib.contextmanager
def waiting_cloud(pending: float, running: float) -> Iterator[tuple[int, Client]]:
    """A local cloud in a process of its own, by its id, and a client of it."""
    with (
        tempfile.TemporaryDirectory(prefix="dropbatch-bench-") as folder,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.waiting_cloud"),
                *(str(Path(folder) / "data"), str(pending), str(running)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdin is not None
        told = json.loads(process.stdout.readline())
        os.environ.update(told["variables"])
        try:
            yield process.pid, Client()
        finally:
            process.stdin.close()
            process.wait(_PATIENCE_SECONDS)


def large_job(rows: int) -> bool:
    """One job of so many rows; whether it kept within its time and memory."""
    with waiting_cloud(0.0, 0.0) as (pid, client):
        size = client.upload("in.jsonl", rows)
        # What the upload took is not the simulator's.
        reset_peaks(pid)
        busy = _cpu_seconds(pid)
        began = time.monotonic()
        url = client.create("in.jsonl", "out")
        moments: dict[str, float] = {}
        while (job := client.job(url))["state"] not in (
            "JOB_STATE_SUCCEEDED",
            "JOB_STATE_FAILED",
        ):
            moments.setdefault(job["state"], time.monotonic() - began)
            time.sleep(0.25)
        seconds = time.monotonic() - began
        server, worker = (
            after - before
            for after, before in zip(_cpu_seconds(pid), busy, strict=True)
        )
        peak = peak_mib(pid)
        assert job["state"] == "JOB_STATE_SUCCEEDED", job
        assert job["completionStats"] == {"successfulCount": str(rows)}, job
    imported = moments.get("JOB_STATE_RUNNING", seconds)
    print(
        f"{rows:,} rows, {size / 1e6:.0f} MB: {seconds:.1f} s from create to "
        f"SUCCEEDED (import {imported:.1f} s), {server:.1f} s of the server's "
        f"processor time and {worker:.1f} s of the worker's, "
        f"peak {peak:.0f} MiB for all processes",
        flush=True,
    )
    return seconds < _LIMIT_SECONDS and peak < _LIMIT_MIB


def many_jobs(count: int) -> bool:
    """So many jobs at once; whether they were held without a thread each."""
    pending = 5 + count * _SECONDS_A_JOB
    with waiting_cloud(pending, 2.0) as (pid, client):
        client.upload("in.jsonl", 10)
        threads = _threads(pid)
        reset_peaks(pid)
        began = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: client.create("in.jsonl", f"o{n}"), range(count)))
        made = time.monotonic() - began
        held = client.count("PENDING")
        more = _threads(pid) - threads
        while (ended := client.count("SUCCEEDED")) < count:
            more = max(more, _threads(pid) - threads)
            assert time.monotonic() - began < _PATIENCE_SECONDS, ended
            time.sleep(0.5)
        seconds = time.monotonic() - began
        peak = peak_mib(pid)
    print(
        f"{count:,} jobs: made in {made:.1f} s, {held:,} PENDING at once, all "
        f"SUCCEEDED {seconds - pending:.1f} s after the first fell due, {more} more "
        f"threads than before, peak {peak:.0f} MiB for all processes",
        flush=True,
    )
    return held == count and more < 20 and peak < _LIMIT_MIB


def _cpu_seconds(pid: int) -> tuple[float, float]:
    """What a server and its worker have computed; all else is waiting for others."""
    leader = psutil.Process(pid)
    (worker,) = leader.children()
    server, work = leader.cpu_times(), worker.cpu_times()
    return server.user + server.system, work.user + work.system


def _threads(pid: int) -> int:
    leader = psutil.Process(pid)
    return sum(
        each.num_threads() for each in (leader, *leader.children(recursive=True))
    )


def main() -> int:
    """Measure both; 1 if a limit was passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--jobs", type=int, default=1_000)
    given = parser.parse_args()
    kept = [large_job(given.rows), many_jobs(given.jobs)]
    print(
        f"under {_LIMIT_SECONDS:.0f} s and {_LIMIT_MIB:.0f} MiB: "
        f"{'yes' if all(kept) else 'NO'}"
    )
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
