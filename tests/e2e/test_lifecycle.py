"""
The local cloud comes, stays, and goes.
"""

import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import POLITE
from tests.running_cloud import (
    DROPBATCH,
    RunningCloud,
    is_alive,
    processes_of,
    running_cloud,
    wait_until,
)

_MAKE = """
import json, sys
from google.cloud import pubsub_v1, storage

name = sys.argv[1]
bucket = storage.Client().create_bucket(name)
bucket.blob("kept").upload_from_string("still here")
publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
topic = f"projects/dropbatch-local/topics/{name}"
subscription = f"projects/dropbatch-local/subscriptions/{name}"
publisher.create_topic(name=topic)
subscriber.create_subscription(name=subscription, topic=topic)
publisher.publish(topic, b"not yet read").result()
print(json.dumps("made"))
"""

_READ = """
import json, sys
from google.cloud import pubsub_v1, storage

name = sys.argv[1]
content = storage.Client().bucket(name).blob("kept").download_as_text()
subscription = f"projects/dropbatch-local/subscriptions/{name}"
pulled = pubsub_v1.SubscriberClient().pull(
    subscription=subscription, max_messages=1, timeout=20
)
print(json.dumps([content, pulled.received_messages[0].message.data.decode()]))
"""

_BUCKETS = """
import json
from google.cloud import storage

print(json.dumps([bucket.name for bucket in storage.Client().list_buckets()]))
"""


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("how", POLITE)
def test_a_polite_signal_stops_everything_quickly_and_quietly(
    tmp_path: Path, how: signal.Signals
) -> None:
    with running_cloud(tmp_path / "data") as running:
        tree = psutil.Process(running.process.pid).children(recursive=True)
        # Two functions with a worker each, the leash, and Vertex's worker.
        assert len(tree) >= 5
        assert running.stop(how) == 0

    assert [process for process in tree if is_alive(process)] == []
    assert processes_of(tmp_path) == []
    assert (tmp_path / "data" / "stderr.log").read_text() == ""


def test_the_end_of_the_terminal_is_ignored_under_nohup(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running_cloud(tmp_path / "data", "--bare") as running:
            running.process.send_signal(signal.SIGHUP)
            assert running.python(_BUCKETS) == []
            assert running.stop(signal.SIGTERM) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_cloud_that_belongs_to_another_process_ends_with_it(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "data", "--bare") as running:
        assert running.process.stdin
        running.process.stdin.close()
        assert running.process.wait(timeout=15) == 0


def test_a_killed_cloud_leaves_no_process(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "data") as running:
        tree = psutil.Process(running.process.pid).children(recursive=True)
        assert running.stop(signal.SIGKILL) == -signal.SIGKILL

    wait_until(lambda: not any(is_alive(process) for process in tree), seconds=10)
    wait_until(lambda: processes_of(tmp_path) == [])


def test_a_restart_keeps_the_state_and_the_port(tmp_path: Path) -> None:
    """
    Also after a SIGKILL: what was answered is on disk.
    """
    with running_cloud(tmp_path, "--bare") as first:
        first.python(_MAKE, "kept-over-restart")
        first.stop(signal.SIGKILL)
    with running_cloud(tmp_path, "--bare") as second:
        assert second.told["port"] == first.told["port"]
        # The variables that were given out before are good.
        assert first.told["variables"] == second.told["variables"]
        assert second.python(_READ, "kept-over-restart") == [
            "still here",
            "not yet read",
        ]


def test_two_clouds_side_by_side_know_nothing_of_each_other(
    tmp_path: Path, bare_cloud: RunningCloud
) -> None:
    with running_cloud(tmp_path, "--bare") as other:
        other.python(_MAKE, "only-in-the-other")

        assert other.python(_BUCKETS) == ["only-in-the-other"]
        assert "only-in-the-other" not in bare_cloud.python(_BUCKETS)


def test_the_end_of_what_is_no_pipe_is_not_waited_for(tmp_path: Path) -> None:
    refused = subprocess.run(
        [DROPBATCH, "local", "--until-eof", "--data", tmp_path / "data"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert "--until-eof" in line
    assert "pipe" in line
    assert not (tmp_path / "data").exists()
