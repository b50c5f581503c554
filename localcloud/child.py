"""A local cloud in a process of its own, for as long as somebody needs it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_STOP_SECONDS = 20.0


class StartError(Exception):
    """The local cloud did not come up; the message holds what it said."""


@contextmanager
def local_cloud(folder: Path, options: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """
    Run `dropbatch local` and yield what it tells of itself; stopped on leaving,
    with all that it started. Raises StartError.
    """
    # -P: what lies in the folder that we are in is not to be taken for our own modules.
    command = [sys.executable, "-P", "-m", "localcloud.cli.main", "local", "--json"]
    # It ends with this process, however this process ends.
    command += ["--until-eof", "--data", str(folder), *options]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "local.log").open("w+b") as log:
        child = subprocess.Popen(  # our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        try:
            assert child.stdout is not None
            told = child.stdout.readline()
            if not told:
                child.wait(_STOP_SECONDS)
                log.seek(0)
                said = log.read().decode(errors="replace").strip()
                # Whoever tells of it says whose words they are.
                said = said.removeprefix("dropbatch: ")
                raise StartError(said or f"it ended with code {child.returncode}")
            yield json.loads(told)
        finally:
            _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    finally:
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def enter(told: Mapping[str, Any]) -> None:
    """Point this process's own Google clients at that local cloud."""
    for name in told["unset"]:
        os.environ.pop(name, None)
    os.environ.update(told["variables"])
