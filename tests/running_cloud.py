"""
The local cloud as a user runs it: the `dropbatch` command, in a process of its own.
"""

import contextlib
import http.client
import json
import os
import select
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil
import pytest
from google.cloud.storage import Client

from localcloud.door.access_tokens import token_for

DROPBATCH = str(Path(sysconfig.get_path("scripts")) / "dropbatch")
START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(kw_only=True)
class RunningCloud:
    """
    A running cloud, and what it said of itself when it was ready.
    """

    process: "subprocess.Popen[str]"
    folder: Path
    told: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment, behind the door."""
        kept = {k: v for k, v in os.environ.items() if k not in self.told["unset"]}
        variables: dict[str, str] = self.told["variables"]
        return kept | variables

    @property
    def bearer(self) -> str:
        """An Authorization header's value that is good here for an hour."""
        return f"Bearer {token_for('tester@local.test')}"

    def run(
        self, *command: str, given: str | None = None, timeout: float = 60
    ) -> "subprocess.CompletedProcess[str]":
        """
        Run a command behind the door; return what it did, whatever that was.
        """
        return subprocess.run(
            command,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def python(self, script: str, *arguments: str, timeout: float = 60) -> Any:
        """
        Run a script behind the door; return the JSON that it printed.
        """
        done = self.run(sys.executable, "-c", script, *arguments, timeout=timeout)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def status(self) -> Any:
        """
        What the cloud tells of its functions.
        """
        address = self.told["admin"].removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/admin/status")
            return json.load(connection.getresponse())

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """
        Send a signal; return the exit code.
        """
        self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)


@contextlib.contextmanager
def running_cloud(folder: Path, *arguments: str) -> Iterator[RunningCloud]:
    """
    Run `dropbatch local` on a folder; it is gone when the context is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (folder / "stderr.log").open("a+") as errors,
        subprocess.Popen(
            [
                *(DROPBATCH, "local", "--json", "--until-eof"),
                *("--data", str(folder), *arguments),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = _first_line(process.stdout)
            errors.seek(0)
            assert line, f"the local cloud did not start:\n{errors.read()}"
            yield RunningCloud(process=process, folder=folder, told=json.loads(line))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()


@contextlib.contextmanager
def at_the_door(cloud: RunningCloud) -> Iterator[None]:
    """What is called here goes to the cloud, and clients made here are good for it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in cloud.told["unset"]:
            patch.delenv(name, raising=False)
        for name, value in cloud.told["variables"].items():
            patch.setenv(name, value)
        yield


@contextlib.contextmanager
def storage_client(cloud: RunningCloud) -> Iterator[Client]:
    """A client `at_the_door`, where whatever else is called here is too."""
    with at_the_door(cloud):
        client = Client(project=cloud.told["project"])
        yield client
        client.close()


def is_alive(process: psutil.Process) -> bool:
    """
    Say whether a process has not ended; a zombie has, and waits to be heard of.
    """
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def processes_of(folder: Path) -> list[psutil.Process]:
    """
    The processes that work in a folder or were told of it, however they were begun.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid == os.getpid() or not is_alive(process):
                continue
            told = [process.cwd(), *process.cmdline()]
            if any(str(folder) in text for text in told):
                found.append(process)
    return found


def wait_until(claim: Callable[[], object], seconds: float = 30) -> None:
    """
    Wait until a claim about other processes is true.
    """
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def _first_line(output: IO[str]) -> str:
    ready, _, _ = select.select([output], [], [], START_SECONDS)
    return output.readline() if ready else ""
