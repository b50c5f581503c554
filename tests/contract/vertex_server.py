"""
The simulator and its storage on loopback ports, for clients that block.

Behind the door the same server answers for Google's hosts; here real clients are
pointed at the ports, and send a bearer token as they always do.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests
from aiohttp import web
from google.oauth2.credentials import Credentials

from localcloud.admin import PREFIX, Admin
from localcloud.control.switches import Switches
from localcloud.faults.faults import Faults
from localcloud.storage.server import StorageServer
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.pace import Pace
from localcloud.vertex.vertex import RESPONDER, Vertex
from tests.contract.vertex_bucket import TIMEOUT_SECONDS, TOKEN, Json, OneBucket
from tests.everybody import allow_all, any_token, owners
from tests.loop_thread import LoopThread

Result = TypeVar("Result")

PROJECT = "test-project"
PARENT = f"projects/{PROJECT}/locations/us-central1"
MODEL = "publishers/google/models/gemini-2.5-flash"
METADATA = (("authorization", f"Bearer {TOKEN}"),)
ENDED = {
    f"JOB_STATE_{name}"
    for name in ("SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED")
}

# 0.1 s PENDING and as long RUNNING.
QUICK = Pace().shortened_by(1_000)


def credentials() -> Credentials:
    return Credentials(TOKEN)  # type: ignore[no-untyped-call]  # untyped in google-auth


class RunningVertex(OneBucket):
    """
    One simulator with one bucket, `bucket`; `restart` begins again from its folder.
    """

    def __init__(
        self,
        loop: LoopThread,
        folder: Path,
        *,
        pace: Pace,
        knobs: Knobs,
        responder: str,
    ) -> None:
        self._responder = responder
        self._loop = loop
        self._folder = folder
        self._pace = pace
        self._knobs = knobs
        self._faults = Faults()
        self._admin = Admin(Switches(self._faults), owners())
        super().__init__()
        self._listening: list[asyncio.Server] = []
        self._loop.run(self._start_storage())
        self.http.post(
            f"{self.storage_url}/storage/v1/b?project={PROJECT}",
            json={"name": self.bucket},
            timeout=TIMEOUT_SECONDS,
        ).raise_for_status()
        self._loop.run(self._start())

    @property
    def worker_pid(self) -> int:
        pid = self.vertex.worker_pid
        assert pid is not None
        return pid

    def worker_other_than(self, pid: int) -> None:
        """
        Wait for the worker after the one with this id.
        """
        self.until(lambda: {"pid": self.worker_pid}, lambda seen: seen["pid"] != pid)

    async def _start_storage(self) -> None:
        self._storage = StorageServer(
            self._folder / "storage", token_fault=any_token, permits=owners()
        )
        self._storage_http = web.Server(self._storage.handle)
        port = await self._listen(self._storage_http)
        self.storage_url = f"http://127.0.0.1:{port}"

    async def _start(self) -> None:
        self.vertex = Vertex(
            self._folder / "vertex",
            storage_token=TOKEN,
            authorize=allow_all,
            storage_url=self.storage_url,
            pace=self._pace,
            knobs=self._knobs,
            responder=self._responder,
            faults=self._faults,
        )
        await self.vertex.start()
        self._http = web.Server(self._handle)
        self.port = await self._listen(self._http)
        self.url = f"http://127.0.0.1:{self.port}"
        self._grpc, self.grpc_port = await self.vertex.serve_grpc()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        # As the local cloud's loopback port has it.
        here = request.host.startswith("127.0.0.1")
        if here and request.path.startswith(PREFIX):
            return await self._admin.handle(request)
        return await self.vertex.handle(request)

    async def _listen(self, server: web.Server) -> int:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(server, "127.0.0.1", 0)
        self._listening.append(listening)
        port: int = listening.sockets[0].getsockname()[1]
        return port

    async def _stop(self) -> None:
        await self._grpc.stop(None)
        await self._http.shutdown(1)
        await self.vertex.stop()

    async def _stop_all(self) -> None:
        await self._stop()
        await self._storage_http.shutdown(1)
        self._storage.close()
        for listening in self._listening:
            listening.close()

    def close(self) -> None:
        self.http.close()
        self._loop.run(self._stop_all())

    def restart(self) -> None:
        self._loop.run(self._stop())
        self._loop.run(self._start())

    def in_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        """
        Run a coroutine in the server's loop.
        """
        return self._loop.run(work)

    def results(self, job: Json) -> list[Json]:
        """
        The lines that a job wrote.
        """
        folder = job["outputInfo"]["gcsOutputDirectory"]
        content = self.download(f"{folder}/predictions.jsonl")
        return [json.loads(line) for line in content.split(b"\n") if line]

    def body(self, source: str, name: str = "a job", **fields: Any) -> Json:
        """
        A create's body, as the documentation prints it.
        """
        return {
            "displayName": name,
            "model": MODEL,
            "inputConfig": {"instancesFormat": "jsonl", "gcsSource": {"uris": source}},
            "outputConfig": {
                "predictionsFormat": "jsonl",
                "gcsDestination": {"outputUriPrefix": f"gs://{self.bucket}/out"},
            },
        } | fields

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """
        One REST request, `path` being what follows the version.
        """
        version = more.pop("version", "v1")
        url = f"{self.url}/{version}/{path}"
        return self.http.request(method, url, timeout=TIMEOUT_SECONDS, **more)

    def create(self, source: str, name: str = "a job", **fields: Any) -> Json:
        answer = self.call(
            "POST",
            f"{PARENT}/batchPredictionJobs",
            json=self.body(source, name, **fields),
        )
        assert answer.status_code == 200, answer.text
        created: Json = answer.json()
        return created

    def get(self, name: str) -> Json:
        job: Json = self.call("GET", name).json()
        return job

    def ended(self, name: str) -> Json:
        """
        The job, once it has ended.
        """
        return self.until(lambda: self.get(name), lambda job: job["state"] in ENDED)

    def reached(self, name: str, state: str) -> Json:
        """
        The job, once it is in a state.
        """
        wanted = f"JOB_STATE_{state}"
        return self.until(lambda: self.get(name), lambda job: job["state"] == wanted)

    def until(self, look: Callable[[], Json], good: Callable[[Json], bool]) -> Json:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not good(seen := look()):
            assert time.monotonic() < deadline, seen
            time.sleep(0.02)
        return seen


@contextmanager
def running_vertex(
    folder: Path,
    *,
    pace: Pace = QUICK,
    knobs: Knobs | None = None,
    responder: str = RESPONDER,
) -> Iterator[RunningVertex]:
    """
    A simulator that is stopped in the end.
    """
    with LoopThread().running() as loop:
        running = RunningVertex(
            loop, folder, pace=pace, knobs=knobs or Knobs(), responder=responder
        )
        try:
            yield running
        finally:
            running.close()
