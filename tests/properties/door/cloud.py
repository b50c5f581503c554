"""
A deployment on a local cloud of this process, driven as the one on the fakes is: real
adapters and clients, each function with its own account, through the door.
"""

import json
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from localcloud.access import USER
from localcloud.cloud import LocalCloud
from localcloud.control.given import Given, read_given
from localcloud.vertex.jobs.job import Phase
from shared import assembly
from shared.backstop import Backstop
from shared.drops import Drop
from shared.ledger import Ledger
from shared.markers import Markers
from shared.polling import Polling
from shared.ports import Objects
from shared.settings import Settings, settings_from
from shared.submission import Submission
from tests.e2e.inside_cloud import InsideCloud
from tests.fakes import ROW
from tests.properties.door.adapters import Adapters, adapters_of
from tests.properties.door.calls import Befallen, Calls, Rule
from tests.properties.door.clock import Clock
from tests.properties.door.contents import HeldObjects
from tests.properties.door.made_jobs import MadeJobs
from tests.properties.door.ports import (
    WatchedAnnouncements,
    WatchedBatches,
    WatchedObjects,
)
from tests.properties.door.received_messages import ReceivedMessages
from tests.properties.door.wire import Mishap
from tests.schemas import check_message

_SETTLE_SECONDS = 60
_LOOK_SECONDS = 0.002
_BUCKETS = ("inbox", "state", "work", "results")


class DoorCloud:
    """What a `World` asks of its cloud; one for many runs, emptied in between."""

    def __init__(self, inside: InsideCloud, clock: Clock) -> None:
        self._inside = inside
        self._clock = clock
        called = inside.deployment.called
        accounts = (USER, called("submit_job"), called("poll_jobs"))
        operators, *self._functions = (adapters_of(inside, each) for each in accounts)
        self._operators = operators
        self.objects = HeldObjects(inside)
        self.batches = MadeJobs(inside)
        self.announcements = ReceivedMessages(inside)
        self.faults = Calls(
            put=self._put,
            told=self._told,
            standing=lambda: [*self.objects.rules(), *self.batches.rules()],
        )
        self.settings: Settings
        self.change()

    def begin(self, mishaps: Mapping[int, Mishap]) -> None:
        """Be empty, for a run with these mishaps."""
        self._put([])
        self._clock.until_noon()
        self.objects.empty(*_BUCKETS)
        self.batches.forget()
        self.announcements.forget()
        self.objects = HeldObjects(self._inside)
        self.batches = MadeJobs(self._inside)
        self.announcements = ReceivedMessages(self._inside)
        self.faults.begin(mishaps)
        self.change()
        # What the clients draw for their waits.
        random.seed(7)

    def end(self) -> None:
        """Let nothing be in force any more."""
        self._put([])

    def change(self, **changes: str) -> None:
        """Deploy again with these settings changed."""
        changed = {f"DROPBATCH_{name.upper()}": text for name, text in changes.items()}
        self.settings = settings_from(self._inside.deployment.settings() | changed)

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

    def ledger(self) -> Ledger:
        """The ledger as an operator has it."""
        objects, _, _ = self._watched(self._operators)
        return Ledger(objects, "state", owner=uuid.uuid4().hex)

    def markers(self) -> Markers:
        """The markers as an operator has them."""
        objects, _, _ = self._watched(self._operators)
        return Markers(objects, "state", now=self.now)

    def submission(self) -> Submission:
        objects, batches, _ = self._watched(self._functions[0])
        return assembly.submission(self._ports(objects), batches)

    def polling(self) -> Polling:
        objects, batches, announcements = self._watched(self._functions[1])
        return assembly.polling(self._ports(objects), batches, announcements)

    def backstop(self) -> Backstop:
        objects, _, _ = self._watched(self._functions[1])
        return assembly.backstop(self._ports(objects))

    def _ports(self, objects: Objects) -> assembly.Ports:
        return assembly.Ports(
            settings=self.settings,
            objects=objects,
            now=self.now,
            owner=uuid.uuid4().hex,
        )

    def open(self) -> Sequence[str]:
        return [name for name in self.objects.names("state") if name[:5] == "open/"]

    def _watched(self, adapters: Adapters) -> Adapters:
        objects, batches, announcements = adapters

        def published(data: bytes, attributes: Mapping[str, str]) -> None:
            check_message(data, attributes)
            self.announcements.on_publish(data)

        return (
            WatchedObjects(
                objects, self.faults, on_chunk=lambda: self.objects.on_chunk()
            ),
            WatchedBatches(
                batches,
                self.faults,
                on_create=lambda asked: self.batches.on_create(asked),
                on_cancel=self.batches.see_cancelled,
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
