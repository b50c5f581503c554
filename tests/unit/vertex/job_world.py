"""
The simulator without processes, sockets or waiting: time passes when told.
"""

import itertools
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from localcloud.faults.faults import Faults
from localcloud.vertex.answers.answer import answer
from localcloud.vertex.api.protos import API_VERSIONS
from localcloud.vertex.faults.rules import RUN, Fault
from localcloud.vertex.jobs.engine import Engine
from localcloud.vertex.jobs.scripts import Script
from localcloud.vertex.jobs.service import JobService
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.jobs.times import EPOCH
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.life.lifecycle import Lifecycle
from localcloud.vertex.names import Parent, parse_job, parse_parent
from localcloud.vertex.pace import Pace
from localcloud.vertex.rows.bench import Bench
from localcloud.vertex.rows.orders import Order
from tests.unit.vertex.memory_storage import BUCKET, MemoryStorage
from tests.unit.vertex.row_work import jsonl, text_row

Json = dict[str, Any]

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
PACE = Pace(
    pending_seconds=90,
    running_seconds=100,
    seconds_per_row=1,
    cancelling_seconds=5,
)
PARENT = "projects/my-project/locations/us-central1"


def asked(name: str = "a job", **fields: Any) -> Json:
    """
    What a client sends to create a job that works.
    """
    return {
        "displayName": name,
        "model": "publishers/google/models/gemini-2.5-flash",
        "inputConfig": {
            "instancesFormat": "jsonl",
            "gcsSource": {"uris": [f"gs://{BUCKET}/in.jsonl"]},
        },
        "outputConfig": {
            "predictionsFormat": "jsonl",
            "gcsDestination": {"outputUriPrefix": f"gs://{BUCKET}/out"},
        },
    } | fields


class World:
    """
    One simulator, and an input of some rows.
    """

    def __init__(
        self,
        folder: Path,
        *,
        pace: Pace = PACE,
        knobs: Knobs | None = None,
        rows: int = 10,
    ) -> None:
        self.folder = folder
        self.pace = pace
        self.knobs = knobs or Knobs(submissions_per_minute=None, reads_per_minute=None)
        self.storage = MemoryStorage(
            {"in.jsonl": jsonl(*(text_row(f"Row {n}", key=n) for n in range(rows)))}
        )
        self.faults = Faults()
        self.seconds = 0.0
        self.worker_works = True
        # What is drawn for a row depends on its job's id: the same in each run.
        self.ids = itertools.count(10**18 + 1)
        self.held: set[str] = set()
        """
        Orders of these kinds wait.
        """
        self._open()

    def _open(self) -> None:
        spools = self.folder / "rows"
        self.store = Store(self.folder / "jobs.sqlite3")
        self.bench = Bench(spools, self.storage, self.knobs, answer, media=self.storage)
        self.orders: deque[Order] = deque()
        lifecycle = Lifecycle(pace=self.pace, knobs=self.knobs)
        self.engine = Engine(
            store=self.store,
            lifecycle=lifecycle,
            folder=spools,
            now=self.now,
            send=self.orders.append,
        )
        self.service = JobService(
            store=self.store,
            engine=self.engine,
            lifecycle=lifecycle,
            knobs=self.knobs,
            faults=self.faults,
            now=self.now,
            ids=lambda: str(next(self.ids)),
        )

    def now(self) -> int:
        start = (START - EPOCH).total_seconds()
        return round((start + self.seconds) * 1_000_000)

    def restart(self) -> None:
        """
        End without a word, and begin again from the same folder.
        """
        self.store.close()
        self._open()
        self.engine.resume()

    def advance(self, seconds: float) -> None:
        """
        Let time pass; whatever falls due on the way happens at its time.
        """
        end = self.seconds + seconds
        self._settle()
        while (due := self.engine.alarm.next()) is not None:
            moment = self.seconds + max(0, due - self.now()) / 1_000_000
            if moment > end:
                break
            self.seconds = moment
            self.engine.alarm.ring()
            self._settle()
        self.seconds = end

    def _settle(self) -> None:
        while self.worker_works and (self._take_orders() or not self.bench.idle):
            if not self.bench.idle:
                told = self.bench.turn()
                if told is not None:
                    self.engine.told(told)

    def _take_orders(self) -> bool:
        wanted = [order for order in self.orders if order.work not in self.held]
        for order in wanted:
            self.orders.remove(order)
            self.bench.take(order)
        return bool(wanted)

    def create(
        self, name: str = "a job", *, parent: str = PARENT, **fields: Any
    ) -> str:
        """
        Create a job; its name.
        """
        created = self.service.create(parse_parent(parent), asked(name, **fields))
        assert created["state"] == "JOB_STATE_PENDING"
        return str(created["name"])

    def scripted(self, script: Script) -> str:
        """
        Create a job that goes by a script.
        """
        self.faults.add(Fault(method=RUN, display_name="scripted", script=script))
        name = self.create("scripted")
        self.faults.clear()
        return name

    def get(self, name: str) -> Json:
        return self.service.get(parse_job(name))

    def state(self, name: str) -> str:
        return str(self.get(name)["state"]).removeprefix("JOB_STATE_")

    def cancel(self, name: str) -> None:
        self.service.cancel(parse_job(name))

    def listed(self, parent: str = PARENT, **query: Any) -> Json:
        return self.service.list(
            parse_parent(parent), job_type=API_VERSIONS["v1"].job, **query
        )

    def written(self, name: str) -> list[bytes] | None:
        """
        The lines of the job's output file, if it is there.
        """
        info = self.get(name).get("outputInfo")
        if info is None:
            return None
        folder = info["gcsOutputDirectory"].removeprefix(f"gs://{BUCKET}/")
        content = self.storage.objects.get(f"{folder}/predictions.jsonl")
        return None if content is None else content.splitlines()


def parent(location: str = "us-central1") -> Parent:
    return parse_parent(f"projects/my-project/locations/{location}")
