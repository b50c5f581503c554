"""
The local cloud, whole: what it is made of, and the order in which it comes and goes.
"""

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from localcloud.access import access_to
from localcloud.callers import Callers
from localcloud.control.given import Given
from localcloud.control.switches import Switches
from localcloud.data_folder import DamagedFolderError, DataFolder, Running
from localcloud.door.authority import Authority
from localcloud.door.capacity import most_connections, raise_file_limit
from localcloud.door.connection import Behind
from localcloud.door.door import Door
from localcloud.door.variables import Access
from localcloud.faults.faults import Faults, utc_now
from localcloud.grants import NO_GRANTS, read_grants
from localcloud.page.page import Page
from localcloud.page.state.summary import Told
from localcloud.permits import Permits
from localcloud.pipeline.beginnings import begun
from localcloud.pipeline.delivery import DeliveryTerms, Disturbance
from localcloud.pipeline.deployment import Deployment
from localcloud.pipeline.environment import function_environment
from localcloud.pipeline.function_log import Listener
from localcloud.pipeline.pipeline import (
    FUNCTIONS,
    LOCAL_TERMS,
    Pipeline,
    PipelineTerms,
    watch_inbox,
)
from localcloud.pipeline.source_archive import source_files
from localcloud.resources import make_resources
from localcloud.services import Services
from localcloud.storage.knobs import GOOGLES, StorageKnobs
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.pace import Pace
from localcloud.vertex.responders.spec import SIMULATED

REPOSITORY = Path(__file__).resolve().parents[1]

# Two seconds of waiting and five of running, and 0.05 ms for each row: a demo of a
# few hundred rows takes ten seconds in all, and 200,000 rows take ten seconds more.
LOCAL_PACE = Pace(
    pending_seconds=2.0,
    running_seconds=5.0,
    seconds_per_row=0.00005,
    cancelling_seconds=0.5,
    incremental_seconds=4.0,
    late_seconds=2.0,
    minute_seconds=2.0,
)
TICK_SECONDS = 1.0
BACKSTOP_SECONDS = 60.0
_SHORTEST_TICK_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    How a local cloud is to be.

    `speed` shortens the durations of batch jobs and the time between ticks; `bare`
    leaves out the pipeline and its deployment: an empty project for other code.
    `projects` are there beside the deployment's own; there is no other. `faults` are
    on from the start; what they draw, `seed` decides. `responder` says what answers
    the rows of batch jobs. `command` is what a shell calls `dropbatch`. `now` is the
    time of objects and jobs; tokens and messages keep to the machine's.
    """

    folder: Path
    port: int | None = None
    bare: bool = False
    speed: float = 1.0
    source: Path = REPOSITORY
    deployment: Deployment = field(default_factory=Deployment)
    projects: Sequence[str] = ()
    responder: str = SIMULATED.text
    delivery: DeliveryTerms = LOCAL_TERMS
    disturbance: Disturbance = field(default_factory=Disturbance)
    pace: Pace = LOCAL_PACE
    knobs: Knobs = field(default_factory=Knobs)
    seed: int = 0
    faults: Sequence[Given] = ()
    storage_knobs: StorageKnobs = GOOGLES
    listener: Listener | None = None
    command: str = "dropbatch"
    now: Callable[[], datetime] = utc_now


class LocalCloud:
    """
    An async context in which the local cloud runs.

    Entering raises FolderTakenError, DamagedFolderError, PortTakenError, GrantsError,
    NoSourceError, NotServedError or ResponderError; whatever was started by then is
    stopped. Leaving stops everything, and everything ends in any case when this
    process does. What the deployment's own accounts may do is in `permits`.
    """

    services: Services
    door: Door
    access: Access
    pipeline: Pipeline | None = None

    def __init__(self, options: Options) -> None:
        self.options = options
        self.folder = DataFolder(options.folder)
        self.permits = Permits(NO_GRANTS)
        self.page = Page(
            Told(
                project=options.deployment.project,
                folder=str(self.folder.path),
                command=options.command,
                run=uuid.uuid4().hex,
            )
        )
        self._open = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(self.folder.owned())
            try:
                await self._start(stack)
            except sqlite3.DatabaseError as error:
                raise DamagedFolderError(self.folder.path, error) from error
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        options = self.options
        if not options.bare:
            # A folder that isn't the source at all is told as that.
            source_files(options.source)
            self.permits.grants = read_grants(options.source, options.deployment)
        # Before any process is started: they may open as many.
        files = raise_file_limit()
        authority = Authority(self.folder.folder("authority"))
        self.services = Services(
            self.folder.path,
            pace=options.pace.shortened_by(options.speed),
            knobs=options.knobs,
            page=self.page,
            responder=options.responder,
            callers=Callers(
                [options.deployment.project, *options.projects], permits=self.permits
            ),
            permits=self.permits,
            switches=Switches(
                Faults(
                    seed=options.seed, log=self.folder.folder("logs") / "faults.log"
                ),
                options.disturbance,
                events=not options.bare,
            ),
            storage_knobs=options.storage_knobs,
            now=options.now,
        )
        # Before anyone can call: the first call is number 1.
        self.services.switches.switch_on(options.faults)
        await self.services.start()
        stack.push_async_callback(self.services.stop)
        if not options.bare:
            # Before the door opens: what is dropped from then on has its event kept.
            self._deploy()
        self.door = Door(
            Behind(
                authority=authority,
                http=self.services.http,
                served=lambda: len(self.services.http.connections),
                grpc_port=self.services.grpc_port,
            ),
            memory=self.folder.path / "port",
            most_connections=most_connections(files),
        )
        await self.door.start(options.port)
        stack.push_async_callback(self.door.stop)
        self.access = access_to(
            self.folder, port=self.door.port, project=options.deployment.project
        )
        if not options.bare:
            self.pipeline = self._make_pipeline()
            self.pipeline.bridge.on_disturbed = self.services.switches.note_event
            self.services.switches.join(self.pipeline.bridge)
            stack.push_async_callback(self.pipeline.stop)
            await self.pipeline.start()
            self.services.admin.pipeline = self.pipeline
            self.page.show_pipeline(options.deployment, self.pipeline.functions)
        self.folder.announce(
            Running(
                pid=os.getpid(),
                port=self.door.port,
                admin_port=self.services.admin_port,
                project=options.deployment.project,
            )
        )

    def _deploy(self) -> None:
        watch_inbox(self.services.storage.store, self.options.deployment)
        make_resources(self.services, self.options.deployment)

    def _make_pipeline(self) -> Pipeline:
        options = self.options
        deployment = begun(options.deployment, self.folder.path / "began.json")
        return Pipeline(
            PipelineTerms(
                source=options.source,
                deployment=deployment,
                backstop_seconds=BACKSTOP_SECONDS / options.speed,
                tick_seconds=max(TICK_SECONDS / options.speed, _SHORTEST_TICK_SECONDS),
                delivery=options.delivery,
                disturbance=self.services.switches.disturbance,
            ),
            folder=self.folder.folder("functions"),
            logs=self.folder.logs,
            store=self.services.storage.store,
            identity=self.services.identity,
            permits=self.permits,
            environments={
                name: function_environment(
                    self.folder, deployment, name, port=self.door.port
                )
                for name in FUNCTIONS
            },
            listener=self._heard,
        )

    def _heard(self, function: str, line: str) -> None:
        self.page.lines.take(function, line)
        if self.options.listener:
            self.options.listener(function, line)
