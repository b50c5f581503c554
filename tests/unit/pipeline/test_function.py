"""
Functions served by the real functions-framework, killed and broken.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest

from localcloud.pipeline import function
from localcloud.pipeline.function import Function, FunctionSpec, Signature
from localcloud.pipeline.leash import Leash
from tests.running_cloud import is_alive
from tests.unit.pipeline.conftest import until, within_limit

MAIN = """
import json, os, subprocess, sys
import functions_framework
import shared

@functions_framework.http
def poll_jobs(request):
    print("called", flush=True)
    child = subprocess.Popen(["sleep", "1000"])
    return json.dumps({
        "pid": os.getpid(), "child": child.pid,
        "cwd": os.getcwd(), "shared": shared.__file__,
        "environ": dict(os.environ),
    })
"""


def write_source(folder: Path, main: str = MAIN) -> Path:
    source = folder / "abcdef"
    (source / "shared").mkdir(parents=True, exist_ok=True)
    (source / "shared" / "__init__.py").write_text("")
    (source / "main.py").write_text(main)
    return source


@asynccontextmanager
async def served(
    source: Path, lines: list[str] | None = None
) -> AsyncIterator[Function]:
    spec = FunctionSpec(
        name="poll_jobs",
        service="dropbatch-poll-jobs",
        signature=Signature.HTTP,
        environment={
            "PATH": os.environ["PATH"],
            "DROPBATCH_PROJECT": "p",
            # As an installed package would be found: before the served folder.
            "PYTHONPATH": str(source.parent / "installed"),
        },
    )
    leash = Leash()
    made = Function(
        spec,
        source=source,
        logs=source.parent / "logs",
        leash=leash,
        listener=lambda name, line: lines.append(line) if lines is not None else None,
    )
    made.start()
    try:
        yield made
    finally:
        await made.stop()
        leash.close()


async def ask(running: Function) -> dict[str, object]:
    await running.served()
    assert running.url
    async with aiohttp.ClientSession() as session, session.get(running.url) as answer:
        assert answer.status == 200
        told: dict[str, object] = json.loads(await answer.text())
        return told


def test_what_is_served_is_the_archive_and_not_what_is_installed(
    tmp_path: Path,
) -> None:
    async def test() -> None:
        source = write_source(tmp_path)
        (tmp_path / "installed" / "shared").mkdir(parents=True)
        (tmp_path / "installed" / "shared" / "__init__.py").write_text("")
        lines: list[str] = []
        async with served(source, lines) as running:
            told = await ask(running)
            await until(lambda: "called" in lines)

        assert told["cwd"] == str(source)
        assert told["shared"] == str(source / "shared" / "__init__.py")
        environ = told["environ"]
        assert isinstance(environ, dict)
        assert environ["DROPBATCH_PROJECT"] == "p"
        assert environ["FUNCTION_TARGET"] == "poll_jobs"
        assert environ["FUNCTION_SIGNATURE_TYPE"] == "http"
        assert environ["K_SERVICE"] == "dropbatch-poll-jobs"
        # Nothing comes along that was not given.
        assert "HOME" not in environ
        assert "called" in running.log.path.read_text()

    within_limit(test())


def test_a_function_whose_whole_group_is_killed_is_served_again(tmp_path: Path) -> None:
    async def test() -> None:
        async with served(write_source(tmp_path)) as running:
            for _ in range(2):
                before = await ask(running)
                assert running.pid
                os.killpg(running.pid, signal.SIGKILL)
                await until(lambda: running.url is None)
                assert (await ask(running))["pid"] != before["pid"]

    within_limit(test())


def ended(pid: object) -> bool:
    assert isinstance(pid, int)
    try:
        return not is_alive(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True


def test_a_killed_master_takes_along_whatever_its_worker_began(tmp_path: Path) -> None:
    async def test() -> None:
        async with served(write_source(tmp_path)) as running:
            told = await ask(running)
            assert running.pid
            os.kill(running.pid, signal.SIGKILL)
            await until(lambda: running.url is None)
            await until(lambda: ended(told["pid"]) and ended(told["child"]))
            assert (await ask(running))["pid"] != told["pid"]

    within_limit(test())


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    async def test() -> None:
        async with served(write_source(tmp_path)) as running:
            worker = (await ask(running))["pid"]
            assert isinstance(worker, int)
            os.kill(worker, signal.SIGKILL)
            assert (await ask(running))["pid"] != worker

    within_limit(test())


def test_stopping_leaves_no_process(tmp_path: Path) -> None:
    async def test() -> None:
        async with served(write_source(tmp_path)) as running:
            told = await ask(running)
            assert running.pid
            group = psutil.Process(running.pid)
            tree = [group, *group.children(recursive=True)]
            assert len(tree) >= 3

        await until(lambda: ended(told["child"]))
        await until(lambda: all(ended(process.pid) for process in tree))
        assert running.url is None
        assert running.pid is None

    within_limit(test())


def test_a_function_that_cannot_start_is_tried_less_and_less_often_and_told_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "_FIRST_PAUSE_SECONDS", 0.01)

    async def test() -> None:
        source = write_source(tmp_path, "raise RuntimeError('no settings')\n")
        async with served(source) as running:
            await until(lambda: len(caplog.records) >= 3)
            assert running.url is None

            (source / "main.py").write_text(MAIN)
            await ask(running)

    within_limit(test())
    told = [record.getMessage() for record in caplog.records]
    assert "RuntimeError: no settings" in told[0]
    assert [message.split(" s;")[0].split()[-1] for message in told[:3]] == [
        "0.01",
        "0.02",
        "0.04",
    ]


def test_a_stop_while_it_is_starting_leaves_no_process(tmp_path: Path) -> None:
    async def test() -> None:
        source = write_source(tmp_path, "import time\ntime.sleep(1000)\n")
        async with served(source) as running:
            await until(lambda: running.pid is not None)
            pid = running.pid
            assert pid

        await until(lambda: ended(pid))

    within_limit(test())


def test_the_framework_is_the_one_beside_this_python() -> None:
    script = Path(sys.executable).parent / "functions-framework"

    assert script.exists()


def test_two_functions_are_served_side_by_side(tmp_path: Path) -> None:
    async def test() -> None:
        async with (
            served(write_source(tmp_path / "one")) as one,
            served(write_source(tmp_path / "two")) as two,
        ):
            first, second = await asyncio.gather(ask(one), ask(two))

        assert first["cwd"] != second["cwd"]

    within_limit(test())
