"""
The simulator, put together: what the local cloud starts, stops and routes to.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from localcloud.faults.faults import Faults
from localcloud.projects import project_number
from localcloud.vertex.api.calls import Authorize, Calls
from localcloud.vertex.api.grpc_edge import start_grpc
from localcloud.vertex.api.rest import Rest
from localcloud.vertex.jobs.engine import Engine
from localcloud.vertex.jobs.overview import Overview
from localcloud.vertex.jobs.service import JobService
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.jobs.times import EPOCH
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.life.lifecycle import Lifecycle
from localcloud.vertex.names import ProjectNumber
from localcloud.vertex.pace import Pace
from localcloud.vertex.responders.spec import SIMULATED
from localcloud.vertex.rows.orders import Start
from localcloud.vertex.rows.process import WorkerProcess

RESPONDER = SIMULATED.text


def utc_now() -> datetime:
    return datetime.now(UTC)


class Vertex:
    """
    Vertex AI's batch prediction, as far as Gemini goes.

    All state is in `folder`; a job that was under way goes on after a restart or a
    kill. Input is read from, and output written to, the storage server at
    `storage_url`, with that token. `responder` says what answers rows
    (`responders.spec`): `start` raises a ResponderError if nothing can.
    """

    def __init__(
        self,
        folder: Path,
        *,
        storage_url: str,
        storage_token: str,
        authorize: Authorize,
        pace: Pace,
        knobs: Knobs | None = None,
        faults: Faults | None = None,
        responder: str = RESPONDER,
        number: ProjectNumber = project_number,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        knobs = knobs or Knobs()
        self.faults = faults or Faults()
        spools = folder / "rows"
        self._store = Store(folder / "jobs.sqlite3")
        self._worker = WorkerProcess(
            Start(
                data=str(spools.absolute()),
                storage_url=storage_url,
                storage_token=storage_token,
                knobs=asdict(knobs),
                responder=responder,
            ),
            on_told=lambda news: self._engine.told(news),
            on_new=lambda: self._engine.repeat_orders(),
            on_hopeless=lambda: self._engine.give_up_on_rows(),
        )
        lifecycle = Lifecycle(pace=pace, knobs=knobs)
        micros = _in_micros(now)
        self._engine = Engine(
            store=self._store,
            lifecycle=lifecycle,
            folder=spools,
            now=micros,
            send=self._worker.send,
        )
        service = JobService(
            store=self._store,
            engine=self._engine,
            lifecycle=lifecycle,
            knobs=knobs,
            faults=self.faults,
            now=micros,
        )
        self.overview = Overview(self._store, service)
        self._calls = Calls(
            service,
            self.faults,
            authorize=authorize,
            number=number,
            token_required=knobs.token_required,
        )
        self._rest = Rest(self._calls, knobs)

    @property
    def worker_pid(self) -> int | None:
        """
        The process that works on rows.
        """
        return self._worker.pid

    async def start(self) -> None:
        """
        Start the worker, and take up the jobs that have not ended.
        """
        try:
            await self._worker.start()
            self._engine.resume()
        except BaseException:
            await self.stop()
            raise
        self._engine.alarm.start(asyncio.get_running_loop())

    async def stop(self) -> None:
        """
        Stop the worker and give the folder back. Not to be started again.
        """
        self._engine.alarm.stop()
        await self._worker.stop()
        self._store.close()

    def forget_jobs(self) -> int:
        """
        Forget every job, whatever it is doing; how many. Its output stays.
        """
        return self._engine.forget_all()

    def look(self) -> None:
        """
        Take every step whose time has come: for whoever sets the clock by hand, and
        else has to wait for the next look.
        """
        self._engine.alarm.ring()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """
        Answer a REST request.
        """
        return await self._rest.handle(request)

    async def serve_grpc(
        self, host: str = "127.0.0.1", *, endpoint: str | None = None
    ) -> tuple[Any, int]:
        """
        Start a gRPC server (insecure) and give it back with its port.

        If it stands for one of Google's hosts (`endpoint`), it does not know
        resources of other locations.
        """
        return await start_grpc(self._calls, host, endpoint)


def _in_micros(now: Callable[[], datetime]) -> Callable[[], int]:
    return lambda: (now() - EPOCH) // timedelta(microseconds=1)
