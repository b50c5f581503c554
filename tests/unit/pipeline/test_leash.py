import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from localcloud.pipeline import leash
from tests.running_cloud import wait_until

# A leader, a child in its group that ignores polite requests, and a grandchild.
_STUBBORN = "trap '' TERM HUP; (sleep 1000 & sleep 1000) & echo begun; wait"

_OWNER = """
import asyncio, os, pathlib, sys
from localcloud.pipeline.leash import Leash

async def main():
    leash = Leash()
    leashed = await leash.start(
        ["/bin/sh", "-c", sys.argv[1]], environment=os.environ, folder=pathlib.Path("/")
    )
    assert await leashed.output.readline() == b"begun\\n"
    print(leashed.process.pid, flush=True)
    sys.stdin.readline()
    await leash.stop(leashed.process, grace_seconds=0.2)
    leash.close()

asyncio.run(main())
"""


def group_is_gone(group: int) -> bool:
    for process in psutil.process_iter(["status"]):
        # A zombie has ended, and only waits for its parent to hear of it.
        if process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(process.pid) == group:
                return False
    return True


@contextlib.contextmanager
def owner() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", _OWNER, _STUBBORN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def test_a_group_does_not_outlive_an_owner_that_is_killed() -> None:
    with owner() as running:
        assert running.stdout
        group = int(running.stdout.readline())
        assert not group_is_gone(group)

        running.send_signal(signal.SIGKILL)
        wait_until(lambda: group_is_gone(group), seconds=10)


def test_stopping_ends_the_whole_group_however_stubborn() -> None:
    with owner() as running:
        assert running.stdout
        group = int(running.stdout.readline())

        running.communicate("stop\n", timeout=20)

        assert running.returncode == 0
        assert group_is_gone(group)


def test_a_command_that_nobody_watches_is_not_begun(tmp_path: Path) -> None:
    """
    What the owner's death leaves of a start is a pipe that ends before its line.
    """
    begun = tmp_path / "begun"
    command = ["/bin/sh", "-c", leash._BEGIN_WHEN_TOLD, "sh", "touch", str(begun)]

    subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=10)
    assert not begun.exists()

    subprocess.run(command, input=b"begin\n", check=True, timeout=10)
    assert begun.exists()
