"""
The local cloud in this process: what its operator may change, and how a start fails.
"""

import asyncio
import json
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import psutil
import pytest

from localcloud.cloud import REPOSITORY, LocalCloud, Options
from localcloud.grants import PATH, GrantsError
from localcloud.pipeline import pipeline
from localcloud.pipeline.pipeline import NotServedError
from localcloud.pipeline.source_archive import NoSourceError
from tests.unit.pipeline.conftest import until

LIMIT_SECONDS = 60


def source(folder: Path, main: str) -> Path:
    (folder / "main.py").write_text(main)
    (folder / "requirements.txt").write_text("")
    grants = folder / PATH
    grants.parent.mkdir(exist_ok=True)
    grants.write_bytes((REPOSITORY / PATH).read_bytes())
    return folder


FUNCTIONS = """
import functions_framework

@functions_framework.cloud_event
def submit_job(event):
    print("event", event["id"], event.data["name"], flush=True)

@functions_framework.http
def poll_jobs(request):
    return "tick"
"""


async def ask(
    cloud: LocalCloud, method: str, path: str, body: bytes = b""
) -> tuple[int, Mapping[str, object]]:
    url = f"http://127.0.0.1:{cloud.services.admin_port}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body) as answer,
    ):
        return answer.status, json.loads(await answer.text())


def test_disturbances_can_be_set_while_it_runs(tmp_path: Path) -> None:
    lines: list[str] = []

    async def test() -> None:
        options = Options(
            folder=tmp_path / "data",
            source=source(tmp_path, FUNCTIONS),
            listener=lambda function, line: lines.append(line),
        )
        async with LocalCloud(options) as cloud:
            status, told = await ask(
                cloud, "PUT", "/admin/disturbance", b'{"copies": 2}'
            )
            assert (status, told["copies"]) == (200, 2)
            for wrong in (b"{", b"[1]", b'{"no": 1}', b'{"copies": -1}'):
                status, told = await ask(cloud, "PUT", "/admin/disturbance", wrong)
                assert status == 400, wrong
            status, told = await ask(cloud, "GET", "/admin/nothing")
            assert status == 404

            inbox = options.deployment.bucket("inbox")
            cloud.services.storage.store.insert_object(inbox, "a", b"x")
            await until(lambda: len([line for line in lines if " a" in line]) == 3)

            status, told = await ask(cloud, "GET", "/admin/status")
            functions = told["functions"]
            assert isinstance(functions, dict)
            assert set(functions) == {"submit_job", "poll_jobs"}
            assert psutil.pid_exists(functions["submit_job"]["pid"])

    asyncio.run(asyncio.wait_for(test(), LIMIT_SECONDS))
    ids = {line.split()[1] for line in lines if line.startswith("event")}
    assert len(ids) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells another's limits")
def test_the_worker_may_open_as_many_files_as_the_cloud(tmp_path: Path) -> None:
    async def test() -> None:
        options = Options(folder=tmp_path / "data", bare=True)
        async with LocalCloud(options) as cloud:
            worker = psutil.Process(cloud.services.vertex.worker_pid)
            assert worker.rlimit(psutil.RLIMIT_NOFILE)[0] == hard

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard - 1), hard))
    try:
        asyncio.run(asyncio.wait_for(test(), LIMIT_SECONDS))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_start_that_fails_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_SERVED_SECONDS", 3.0)
    before = psutil.Process().children(recursive=True)

    async def start(main: str) -> None:
        options = Options(folder=tmp_path / "data", source=source(tmp_path, main))
        async with LocalCloud(options):
            pass

    with pytest.raises(NotServedError, match="no settings here"):
        asyncio.run(start("raise RuntimeError('no settings here')\n"))
    assert psutil.Process().children(recursive=True) == before

    # The folder is free again.
    asyncio.run(start(FUNCTIONS))


def test_a_folder_without_the_source_is_named(tmp_path: Path) -> None:
    async def start() -> None:
        async with LocalCloud(Options(folder=tmp_path / "data", source=tmp_path)):
            pass

    with pytest.raises(NoSourceError, match=rf"{tmp_path} holds no main.py"):
        asyncio.run(start())

    source(tmp_path, FUNCTIONS)
    (tmp_path / PATH).unlink()
    with pytest.raises(GrantsError, match=rf"{tmp_path} holds no {PATH}"):
        asyncio.run(start())
