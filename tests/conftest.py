"""
Fixtures that more than one folder of tests needs, and the check that nothing is left.
"""

import gc
from collections.abc import Generator, Iterator
from typing import Any

import psutil
import pytest

from tests.running_cloud import RunningCloud, is_alive, processes_of, running_cloud

pytest_plugins = ["tests.dividing"]

_GRACE_SECONDS = 5


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """
    The whole local cloud, one for the run: use names that no other test uses.
    """
    with running_cloud(tmp_path_factory.mktemp("cloud") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def bare_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    """
    Google's services without the pipeline, one for the run, ten times as fast, and
    without Vertex AI's quotas: many tests share them.
    """
    folder = tmp_path_factory.mktemp("bare") / "data"
    unlimited = [
        *("--knob", "submissions_per_minute=null"),
        *("--knob", "reads_per_minute=null"),
    ]
    with running_cloud(folder, "--bare", "--speed", "10", *unlimited) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """
    Keep the collector of cycles from what stays for the whole run, thousands of tests,
    and from looking for anything while they are found: it takes a fifth of that time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


# What each process of the run, where it has several, has left behind.
_LEFT: list[str] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """
    Take what one of the run's processes says that it has left.
    """
    _LEFT.extend(getattr(node, "workeroutput", {}).get("left", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """
    Fail the run if it leaves a process behind, and end that process.
    """
    left = set(psutil.Process().children(recursive=True))
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]  # pytest has no public name for it
    left |= set(processes_of(factory.getbasetemp()))
    _, left_for_good = psutil.wait_procs(left, timeout=_GRACE_SECONDS)
    for process in left_for_good:
        if is_alive(process):
            _LEFT.append(str(process))
            process.kill()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left"] = _LEFT
    elif _LEFT:
        terminal = session.config.get_terminal_writer()
        terminal.line("\nThese processes were left behind, and are ended now:")
        for text in _LEFT:
            terminal.line(f"  {text}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
