"""
A deployment on a local cloud of this process, driven as the one on the fakes is: real
adapters and clients, each function with its own account, through the door.
"""

import contextlib
import json
import os
import random
import socket
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter

from localcloud.access import access_to
from localcloud.cloud import REPOSITORY, LocalCloud, Options
from localcloud.control.given import Given, read_given
from localcloud.door.variables import REMOVED
from localcloud.grants import read_grants
from localcloud.pipeline.deployment import Deployment
from localcloud.vertex.jobs.job import Phase
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.pace import Pace
from shared import assembly, wiring
from shared.adapters.storage_objects import StorageObjects
from shared.drops import Drop
from shared.errors import ForbiddenError
from shared.polling import Polling
from shared.ports import Announcements, Batches, Objects
from shared.settings import Settings, settings_from
from shared.submission import Submission
from tests.e2e.inside_cloud import InsideCloud
from tests.fakes import ENVIRONMENT, ROW
from tests.loop_thread import LoopThread
from tests.properties.door.calls import Befallen, Calls, Rule
from tests.properties.door.clock import Clock
from tests.properties.door.contents import HeldObjects, MadeJobs, ReceivedMessages
from tests.properties.door.ports import (
    WatchedAnnouncements,
    WatchedBatches,
    WatchedObjects,
)
from tests.properties.door.wire import Mishap
from tests.schemas import check_message

_START_SECONDS = 60
_SETTLE_SECONDS = 20
_LOOK_SECONDS = 0.002
_BUCKETS = ("inbox", "state", "work", "results")
# A job is seen waiting, then running, then ended, by ticks a minute apart.
_PACE = Pace(pending_seconds=30, running_seconds=50)


class FakesDeployment(Deployment):
    """The deployment of the fakes: its names, its routes, and times as deployed."""

    def __init__(self) -> None:
        super().__init__(project="p-local", name="test")

    def bucket(self, role: str) -> str:
        return role

    def settings(self) -> dict[str, str]:
        names = {"PROJECT": self.project, "TOPIC": self.topic}
        # A create whose answer is late is waited for in earnest.
        times = {"CREATE_TIMEOUT_SECONDS": "1"}
        changed = {f"DROPBATCH_{k}": v for k, v in {**names, **times}.items()}
        return {**ENVIRONMENT, **changed}


_Adapters = tuple[Objects, Batches, Announcements]


class DoorCloud:
    """What a `World` asks of its cloud; one for many runs, emptied in between."""

    def __init__(self, inside: InsideCloud, clock: Clock) -> None:
        self._inside = inside
        self._clock = clock
        self._adapters = {
            name: _adapters_of(inside, name) for name in ("submit_job", "poll_jobs")
        }
        self.objects = HeldObjects(inside)
        self.batches = MadeJobs(inside)
        self.announcements = ReceivedMessages(inside)
        self.faults = Calls(
            put=self._put, told=self._told, standing=lambda: self.batches.rules()
        )
        self.settings: Settings = settings_from(inside.deployment.settings())

    def begin(self, mishaps: Mapping[int, Mishap]) -> None:
        """Be empty, for a run with these mishaps."""
        self._put([])
        self.objects.empty(*_BUCKETS)
        self._inside.do(lambda cloud: cloud.services.vertex.forget_jobs())
        self.announcements.forget()
        self.batches = MadeJobs(self._inside)
        self.announcements = ReceivedMessages(self._inside)
        self.faults.begin(mishaps)
        # What the clients draw for their waits.
        random.seed(7)

    def end(self) -> None:
        """Let nothing be in force any more."""
        self._put([])

    def now(self) -> datetime:
        return self._clock.now()

    def wait(self, seconds: float) -> None:
        """Be later, with all done that Vertex AI does by then."""
        self._clock.sleep(seconds)
        deadline = time.monotonic() + _SETTLE_SECONDS
        while self._inside.do(_is_at_work):
            assert time.monotonic() < deadline, "a job does not get on"
            time.sleep(_LOOK_SECONDS)

    def drop(self, content: bytes = ROW, name: str = "in/a.jsonl") -> Drop:
        """Upload a file; returns what its event tells."""

        def put(cloud: LocalCloud) -> Drop:
            store = cloud.services.storage.store
            made = store.insert_object("inbox", name, content)
            return Drop(
                bucket="inbox",
                name=name,
                generation=made.generation,
                size=len(content),
                crc32c=made.content.crc32c,
                dropped_at=datetime.fromisoformat(made.created),
            )

        return self._inside.do(put)

    def submission(self) -> Submission:
        objects, batches, _ = self._watched("submit_job")
        return assembly.submission(
            settings=self.settings,
            objects=objects,
            batches=batches,
            now=self.now,
            owner=uuid.uuid4().hex,
        )

    def polling(self) -> Polling:
        objects, batches, announcements = self._watched("poll_jobs")
        return assembly.polling(
            settings=self.settings,
            objects=objects,
            batches=batches,
            announcements=announcements,
            now=self.now,
            owner=uuid.uuid4().hex,
        )

    def open(self) -> Sequence[str]:
        return [name for name in self.objects.names("state") if name[:5] == "open/"]

    def _watched(self, function: str) -> _Adapters:
        objects, batches, announcements = self._adapters[function]

        def published(data: bytes, attributes: Mapping[str, str]) -> None:
            check_message(data, attributes)
            self.announcements.on_publish(data)

        return (
            WatchedObjects(objects, self.faults),
            WatchedBatches(
                batches, self.faults, lambda asked: self.batches.on_create(asked)
            ),
            WatchedAnnouncements(announcements, self.faults, published),
        )

    def _put(self, rules: Sequence[Rule]) -> None:
        given = [_read(json.dumps(rule)) for rule in rules]

        def switched(cloud: LocalCloud) -> None:
            cloud.services.switches.clear()
            cloud.services.switches.switch_on(given)

        self._inside.do(switched)

    def _told(self) -> Befallen:
        def told(cloud: LocalCloud) -> Befallen:
            first = cloud.services.switches.faults.told()[0]
            return Befallen(matched=first["matched"], befell=first["befell"])

        return self._inside.do(told)


@cache
def _read(rule: str) -> Given:
    # Reading one takes longer than most calls do.
    (read,) = read_given(json.loads(rule))
    return read


def _is_at_work(cloud: LocalCloud) -> bool:
    cloud.services.vertex.look()
    jobs = cloud.services.vertex.overview.newest((), before=None, limit=100)
    return any(
        each.job.phase in (Phase.IMPORTING, Phase.EXPORTING)
        or (each.job.phase is Phase.RUNNING and not each.job.all_rows_done)
        for each in jobs
    )


def _adapters_of(inside: InsideCloud, function: str) -> _Adapters:
    """The adapters as `wiring` makes them in a process of that function."""
    deployment = inside.deployment

    def variables(cloud: LocalCloud) -> dict[str, str]:
        account = deployment.called(function)
        access = access_to(
            cloud.folder,
            port=cloud.door.port,
            project=deployment.project,
            account=account,
        )
        return access.variables()

    os.environ.update(inside.do(variables) | deployment.settings())
    made = (wiring._settings, wiring._objects, wiring._batches, wiring._announcements)
    for each in made:
        each.cache_clear()
    batches = wiring._batches()
    # Their clients are made, and take the account, with the first call to a location.
    for location in ("us-central1", "global"):
        with contextlib.suppress(ForbiddenError):
            list(batches.active(location))
    objects = wiring._objects()
    assert isinstance(objects, StorageObjects)
    objects._client._http.mount("https://", AtOnce())
    return objects, batches, wiring._announcements()


class AtOnce(HTTPAdapter):
    """
    Sends what is small at once, too: for connections through a proxy urllib3 switches
    that off, which costs 40 ms of every upload.
    """

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        at_once = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        return super().proxy_manager_for(proxy, socket_options=at_once, **more)


@contextlib.contextmanager
def door_cloud() -> Iterator[DoorCloud]:
    """
    Run a local cloud, and have this process's clients reach nothing else. For a process
    of its own: it changes the environment, and gRPC reads that once.
    """
    for name in (*REMOVED, *(k for k in os.environ if k.startswith("DROPBATCH_"))):
        os.environ.pop(name, None)
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
                knobs=Knobs(submissions_per_minute=None, reads_per_minute=None),
                now=clock.now,
            )
        )
        thread.run(cloud.__aenter__())
        try:
            cloud.permits.grants = read_grants(REPOSITORY, deployment)
            inside = InsideCloud(thread, cloud, [])
            inside.do(_deploy)
            yield DoorCloud(inside, clock)
        finally:
            thread.run(cloud.__aexit__(None, None, None))


def _deploy(cloud: LocalCloud) -> None:
    deployment, services = cloud.options.deployment, cloud.services
    for name, settings in deployment.buckets.items():
        services.storage.store.create_bucket_if_absent(
            name, deployment.project, settings
        )
    for name, settings in deployment.topics.items():
        services.broker.create_topic_if_absent(name, **settings)
    for name, settings in deployment.subscriptions.items():
        services.broker.create_subscription_if_absent(name, **settings)
