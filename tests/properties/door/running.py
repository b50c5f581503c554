"""A local cloud with a deployment, for the clients of this process."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from localcloud.cloud import REPOSITORY, LocalCloud, Options
from localcloud.grants import read_grants
from localcloud.pipeline.deployment import Deployment
from localcloud.resources import make_resources
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.pace import Pace
from tests.e2e.inside_cloud import InsideCloud
from tests.fakes import ENVIRONMENT
from tests.loop_thread import LoopThread
from tests.properties.door.clock import Clock
from tests.properties.door.cloud import DoorCloud
from tests.properties.door.wire import CREATE_TIMEOUT_SECONDS

_START_SECONDS = 60
_KEPT = {"PATH", "TMPDIR", "LANG", "LC_ALL"}
# A job is seen waiting, then running, then ended, by ticks a minute apart.
_PACE = Pace(pending_seconds=30, running_seconds=50)


class FakesDeployment(Deployment):
    """The deployment of the fakes: its names, its routes, and times as deployed."""

    def __init__(self) -> None:
        super().__init__(project="p-local", name="test")

    def bucket(self, role: str) -> str:
        return role

    def settings(self) -> dict[str, str]:
        return {
            **ENVIRONMENT,
            "DROPBATCH_PROJECT": self.project,
            "DROPBATCH_TOPIC": self.topic,
            "DROPBATCH_CREATE_TIMEOUT_SECONDS": f"{CREATE_TIMEOUT_SECONDS}",
        }


@contextlib.contextmanager
def door_cloud() -> Iterator[DoorCloud]:
    """
    Run a local cloud, and have this process's clients reach nothing else. For a process
    of its own: it changes the environment, and gRPC reads that once.
    """
    # As it is where a function runs; and clients read all of it for every request.
    for name in set(os.environ) - _KEPT:
        del os.environ[name]
    deployment, clock = FakesDeployment(), Clock()
    with (
        tempfile.TemporaryDirectory(prefix="dropbatch-") as folder,
        clock.of_the_clients(),
        LoopThread().running() as thread,
    ):
        cloud = LocalCloud(
            Options(
                folder=Path(folder),
                bare=True,
                deployment=deployment,
                pace=_PACE,
                # They count by the clock, which stands still.
                knobs=Knobs(submissions_per_minute=None, reads_per_minute=None),
                now=clock.now,
            )
        )
        entering = asyncio.run_coroutine_threadsafe(cloud.__aenter__(), thread.loop)
        entering.result(_START_SECONDS)
        try:
            cloud.permits.grants = read_grants(REPOSITORY, deployment)
            inside = InsideCloud(thread, cloud, [])
            inside.do(lambda cloud: make_resources(cloud.services, deployment))
            yield DoorCloud(inside, clock)
        finally:
            thread.run(cloud.__aexit__(None, None, None))
