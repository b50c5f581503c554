"""A plan carried out on a running cloud, each act at its time."""

import heapq
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

import requests
from google.auth.transport.requests import Request
from google.cloud.storage import Client
from google.oauth2.id_token import fetch_id_token

from functions.poll_jobs import BACKSTOP
from shared.drops import Drop
from tests.e2e.batch_jobs import cancel, jobs_in
from tests.e2e.killing import signal_function
from tests.e2e.pipeline import drop_of
from tests.running_cloud import RunningCloud
from tests.soak import acts
from tests.soak.files import LOCATIONS
from tests.soak.planning import Plan, file_of

# Whoever drops a file tries again until it is there.
_PATIENCE_SECONDS = 90
# No job takes so long that goes its usual way.
_STUCK_AFTER = timedelta(seconds=9)
_ENDED = {"JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED"}
_ENDED |= {"JOB_STATE_EXPIRED", "JOB_STATE_PARTIALLY_SUCCEEDED"}


@dataclass(kw_only=True)
class Driver:
    """Carries out acts beside each other; `done` counts what came to something."""

    cloud: RunningCloud
    client: Client
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._uploads: dict[int, Future[Drop | None]] = {}
        # Apart, so that no act waits for a slow upload.
        self._uploading = ThreadPoolExecutor(8)
        self._acting = ThreadPoolExecutor(24)
        self._others: list[Future[None]] = []
        self._spells: dict[int, list[str]] = {}
        self._over = threading.Event()

    def drive(self, plan: Plan, every_second: Callable[[], None]) -> None:
        """
        Do everything in the plan, then switch every fault off, and wait for what is
        under way.
        """
        try:
            self._follow(plan, every_second)
        finally:
            self._over.set()
            # Whoever waits for an upload waits no longer than that is patient.
            self._uploading.shutdown(cancel_futures=True)
            self._acting.shutdown(cancel_futures=True)

    def _follow(self, plan: Plan, every_second: Callable[[], None]) -> None:
        timeline = [(act.at, number, act) for number, act in enumerate(plan.acts)]
        ends: list[tuple[float, int]] = []
        began = time.monotonic()
        told = 0.0
        while timeline or ends:
            now = time.monotonic() - began
            if now >= told + 1:
                told = now
                every_second()
            while ends and ends[0][0] <= now:
                self._end_spell(heapq.heappop(ends)[1])
            while timeline and timeline[0][0] <= now:
                at, number, act = timeline.pop(0)
                if isinstance(act, acts.Spell):
                    self._begin_spell(number, act)
                    heapq.heappush(ends, (at + act.seconds, number))
                else:
                    self._begin(act)
            time.sleep(0.05)
        self._admin("DELETE", "faults")
        # What somebody has begun, he ends: now that nothing is in his way.
        wait(self._uploads.values())
        wait(self._others)

    def help_along(self) -> None:
        """In the calm: what an operator and time would do, each a little sooner."""
        self._try(self._release)
        self._try(self._sweep)

    def _release(self) -> None:
        """Cancel every job that is stuck."""
        for location in LOCATIONS:
            for job in jobs_in(self.cloud, location):
                if _is_stuck(job) and cancel(self.cloud, job):
                    self._count("stuck job cancelled")

    def _begin(self, act: acts.Acts) -> None:
        match act:
            case acts.Upload():
                self._uploads[act.number] = self._uploading.submit(self._upload, act)
            case acts.Delete():
                self._act(self._delete, act)
            case acts.Kill():
                self._act(self._kill, act)
            case acts.Sleep():
                self._act(self._sleep, act)
            case acts.Tick():
                self._act(self._tick)
            case acts.Look():
                self._act(self._sweep)
            case acts.Cancel():
                self._act(self._cancel, act)
            case acts.Release():
                self._act(self._release)
            case acts.Spell():
                raise AssertionError("a spell has an end as well")
            case _:
                assert_never(act)

    def _act(self, do: Callable[..., None], *arguments: Any) -> None:
        self._others.append(self._acting.submit(self._try, do, *arguments))

    def _try(self, do: Callable[..., None], *arguments: Any) -> None:
        # What fails here met a fault itself, and was not done: it is not counted.
        try:
            do(*arguments)
        except Exception as error:  # noqa: BLE001  # counted, and shown
            what = f"{do.__name__.strip('_')}: {type(error).__name__}"
            self._count(f"not done, {what}")

    def _upload(self, act: acts.Upload) -> Drop | None:
        file = file_of(act)
        stop_at = time.monotonic() + _PATIENCE_SECONDS
        bucket = self.client.bucket(self.cloud.told["inbox"])
        while True:
            blob = bucket.blob(file.name)
            try:
                blob.upload_from_string(file.content(), timeout=10)
            except Exception as error:  # noqa: BLE001  # whatever a fault made of it
                if self._over.is_set() or time.monotonic() > stop_at:
                    self.failed.append(f"{file.name!r} could not be dropped: {error}")
                    return None
                self._count("upload begun again")
                time.sleep(0.5)
            else:
                self._count("file dropped")
                return drop_of(blob)

    def _delete(self, act: acts.Delete) -> None:
        drop = self._uploads[act.number].result(_PATIENCE_SECONDS)
        if drop is None:
            return
        generation = drop.generation if act.for_ever else None
        blob = self.client.bucket(drop.bucket).blob(drop.name, generation=generation)
        blob.delete(timeout=10)
        self._count("file deleted for ever" if act.for_ever else "file deleted")

    def _kill(self, act: acts.Kill) -> None:
        signal_function(self.cloud, act.function, signal.SIGKILL)
        self._count(f"killed {act.function}")

    def _sleep(self, act: acts.Sleep) -> None:
        signal_function(self.cloud, act.function, signal.SIGSTOP)
        time.sleep(act.seconds)
        signal_function(self.cloud, act.function, signal.SIGCONT)
        self._count(f"stopped {act.function} for a while")

    def _tick(self) -> None:
        self._poll("/")
        self._count("tick beside the scheduler's")

    def _sweep(self) -> None:
        self._poll(BACKSTOP)
        self._count("look at the inbox beside the scheduler's")

    def _poll(self, path: str) -> None:
        url = self.cloud.status()["functions"]["poll_jobs"]["url"]
        token = fetch_id_token(Request(), url)  # type: ignore[no-untyped-call]  # google-auth's
        headers = {"Authorization": f"Bearer {token}"}
        address = url.rstrip("/") + path
        requests.post(address, headers=headers, timeout=10).raise_for_status()

    def _cancel(self, act: acts.Cancel) -> None:
        drop = self._uploads[act.number].result(_PATIENCE_SECONDS)
        if drop is None:
            return
        location = "us-central1" if drop.name.startswith("regional/") else "global"
        key = f'labels.dropbatch_job_key="{drop.drop_id}-s0a1"'
        for job in jobs_in(self.cloud, location, filter=key):
            if job["state"] not in _ENDED and cancel(self.cloud, job):
                self._count("job cancelled from outside")

    def _begin_spell(self, number: int, act: acts.Spell) -> None:
        told = self._admin("POST", "faults", json=act.fault)
        self._spells[number] = told["added"]

    def _end_spell(self, number: int) -> None:
        for each in self._spells.pop(number):
            self._admin("DELETE", f"faults/{each}")

    def _admin(self, method: str, what: str, **more: Any) -> Any:
        address = f"{self.cloud.told['admin']}/admin/{what}"
        answer = requests.request(method, address, timeout=30, **more)
        answer.raise_for_status()
        return answer.json()

    def _count(self, what: str) -> None:
        with self._lock:
            self.done[what] += 1


def _is_stuck(job: dict[str, Any]) -> bool:
    age = datetime.now(UTC) - datetime.fromisoformat(job["createTime"])
    return age > _STUCK_AFTER and job["state"] not in _ENDED | {"JOB_STATE_CANCELLING"}
