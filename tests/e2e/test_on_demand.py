"""
The commands that are run on demand, as `make prove`, `fuzz`, `kill` and `soak` start
them: what they refuse, and how they end by Ctrl-C.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from tests.corpus import fuzzing
from tests.e2e import killing
from tests.properties import prove
from tests.running_cloud import wait_until
from tests.soak import __main__ as soak


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        (prove.main, ["nosuch"], "invalid choice: 'nosuch' (choose from"),
        (
            fuzzing.main,
            ["--rows", "0"],
            "argument --rows: '0' is no count: use 1 or more",
        ),
        (killing.main, ["--kills", "0"], "argument --kills: '0' is no count"),
        (killing.main, ["--kills", "x"], "argument --kills: 'x' is no count"),
        (soak.main, ["--minutes", "x"], "argument --minutes: 'x' is no time: use"),
        (soak.main, ["--minutes", "0"], "argument --minutes: '0' is no time: use"),
    ],
)
def test_what_shows_nothing_is_refused_in_a_line(
    command: Callable[[list[str]], int],
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(arguments)

    assert ended.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("of", [os.killpg, os.kill])
def test_ctrl_c_ends_a_command_and_its_processes_at_once(
    of: Callable[[int, int], None],
) -> None:
    """A terminal tells the whole group of it, and `kill` one process."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.corpus.fuzzing", "--rows", "1000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as command:
        started = psutil.Process(command.pid)
        wait_until(started.children)
        workers = started.children()
        of(command.pid, signal.SIGINT)
        told, _ = command.communicate(timeout=20)

    assert command.returncode == 130
    assert told.split("\n") == ["", "stopped by Ctrl-C, and nothing is shown by it", ""]
    psutil.wait_procs(workers, timeout=10)
    assert not [each for each in workers if each.is_running()]
