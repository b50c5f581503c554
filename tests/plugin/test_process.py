"""
The process that the plugin starts: late, and never left behind.
"""

import signal
import subprocess
import sys

import psutil

from tests.plugin.other_project import OtherProject
from tests.running_cloud import is_alive, processes_of, wait_until

BOTH = """
from google.cloud import pubsub_v1, storage


def publish(cloud):
    # gRPC keeps the certificates of the first local cloud for good.
    publisher = pubsub_v1.PublisherClient()
    topic = f"projects/{cloud.project}/topics/both"
    publisher.create_topic(name=topic)
    assert publisher.publish(topic, b"one").result(20)


def test_bare(localcloud):
    publish(localcloud)


def test_pipeline(localcloud_pipeline):
    publish(localcloud_pipeline)
    inbox = storage.Client().bucket(localcloud_pipeline.inbox)
    assert inbox.exists()
    assert localcloud_pipeline.subscription.startswith("projects/")


def test_not_both(localcloud, localcloud_pipeline):
    pass


def test_bare_again(localcloud):
    assert not storage.Client().bucket("dropbatch-local-inbox").exists()
"""


def test_importing_the_plugin_costs_little() -> None:
    """It is imported into every run of pytest, used or not."""
    script = (
        "import sys, pytest; before = set(sys.modules)\n"
        "import localcloud.pytest_plugin\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert set(done.stdout.split()) - sys.stdlib_module_names == {"localcloud"}


def test_it_ends_when_pytest_is_killed(project: OtherProject) -> None:
    project.write(
        "test_slow.py",
        "import pathlib, time\n"
        "def test_slow(localcloud):\n"
        "    pathlib.Path('started').touch()\n"
        "    time.sleep(60)\n",
    )
    started = project.folder / "started"
    with subprocess.Popen(
        project.command, cwd=project.folder, env=project.environment
    ) as running:
        try:
            wait_until(started.exists, 60)
            children = psutil.Process(running.pid).children(recursive=True)
            assert len(children) >= 2
        finally:
            running.send_signal(signal.SIGKILL)

    wait_until(lambda: not any(map(is_alive, children)), 20)
    assert processes_of(project.folder.parent / "base") == []


def test_why_it_did_not_start_is_told(project: OtherProject) -> None:
    project.write("test_any.py", "def test_any(localcloud): pass\n")

    outcome = project.pytest("--localcloud-responder", "openai:http://api.openai.com")

    assert outcome.counts() == {"error": 1}
    assert "api.openai.com is not this machine" in outcome.text


def test_both_kinds_may_be_in_one_run_and_one_in_a_test(project: OtherProject) -> None:
    project.write("test_both.py", BOTH)

    outcome = project.pytest("--localcloud-speed", "20")

    assert outcome.counts() == {"passed": 3, "error": 1}, outcome.text
    assert "can't be used in one test" in outcome.text
