"""
The whole pipeline in a cloud of this process: its grants can be changed while it runs,
its faults aimed at one drop, its functions killed.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from localcloud.access import USER
from localcloud.cloud import LOCAL_PACE, LocalCloud, Options
from localcloud.door.access_tokens import token_for
from localcloud.grants import Grants, Right
from localcloud.pipeline.delivery import DeliveryTerms
from localcloud.pipeline.deployment import Deployment
from localcloud.storage.knobs import StorageKnobs
from localcloud.storage.rules.errors import NotFoundError
from localcloud.vertex.knobs import Knobs
from shared.drops import Drop
from shared.jobs import DEPLOYMENT_LABEL, KEY_LABEL
from tests.e2e.inside_cloud import InsideCloud
from tests.e2e.sequels import Sequel, forgotten, nothing_else
from tests.loop_thread import LoopThread

ROW = b'{"request":{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}}\n'
_ROUTE = {"prefix": "demo/", "model": "gemini-2.5-flash", "location": "us-central1"}
CALLERS = ("submit_job", "poll_jobs", "trigger", "scheduler")

_START_SECONDS = 60

# The shortest that settings can be, in their order.
_TIMES = {
    "CLAIM_LEASE": 2,
    "CLAIM_RENEW": 1,
    "CREATE_TIMEOUT": 1,
    "CREATE_DEADLINE": 2,
    "SETTLE": 2,
    "HOLD_MIN": 1,
    "HOLD_MAX": 2,
    "PUBLISH_TIMEOUT": 1,
    "PUBLISH_LEASE": 2,
    "JOB_LOST": 1,
    "SWEEP": 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickDeployment(Deployment):
    """
    The local deployment, in more of a hurry; but for looks at the inbox, which find
    nothing while an event may come after so many seconds of `backstop_grace`.
    """

    backstop_grace: int = 3600

    def settings(self) -> dict[str, str]:
        times = {**_TIMES, "BACKSTOP_GRACE": self.backstop_grace}
        named = {f"DROPBATCH_{name}_SECONDS": f"{t}" for name, t in times.items()}
        return Deployment.settings(self) | named


class GrantedCloud(InsideCloud):
    """
    Drops as its owner sees them, and grants that can be taken away.
    """

    def __init__(self, thread: LoopThread, cloud: LocalCloud, lines: list[str]) -> None:
        super().__init__(thread, cloud, lines)
        self.permits = cloud.permits
        self.grants = cloud.permits.grants

    def drop(
        self, name: str, content: bytes = ROW, *, then: Sequel = nothing_else
    ) -> Drop:
        """
        Put a file into the inbox; its event comes after `then`, however slow this
        machine is.
        """
        inbox = self.deployment.bucket("inbox")

        def put(cloud: LocalCloud) -> Drop:
            made = cloud.services.storage.store.insert_object(inbox, name, content)
            drop = Drop(
                bucket=inbox,
                name=name,
                generation=made.generation,
                size=len(content),
                crc32c="",
                dropped_at=datetime.fromisoformat(made.created),
            )
            then(cloud, drop)
            return drop

        return self.do(put)

    def forget(self, drop: Drop) -> None:
        """
        Delete the drop's generation for ever.
        """
        self.do(lambda cloud: forgotten(cloud, drop))

    def record(self, drop: Drop) -> dict[str, Any]:
        """
        The drop's record; empty while there is none.
        """

        def read(cloud: LocalCloud) -> dict[str, Any]:
            name = f"rec/{drop.drop_id[:2]}/{drop.drop_id}.json"
            try:
                _, file = cloud.services.storage.store.open_object(
                    self.deployment.bucket("state"), name
                )
            except NotFoundError:
                return {}
            with file:
                found: dict[str, Any] = json.load(file)
                return found

        return self.do(read)

    def outcome(self, drop: Drop) -> str:
        """
        Wait until the drop has been announced; what its message says.
        """
        self.until(lambda: self.record(drop).get("state") == "published")
        said: str = self.record(drop)["message"]["attributes"]["outcome"]
        return said

    def jobs(self, drop: Drop) -> list[dict[str, Any]]:
        """
        The jobs of the drop that were not cancelled.
        """
        key = f"{drop.drop_id}-s0a1"
        found = self._vertex(f"?filter=labels.{KEY_LABEL}%3D%22{key}%22")
        jobs: list[dict[str, Any]] = found.get("batchPredictionJobs", [])
        return [job for job in jobs if "CANCEL" not in job["state"]]

    def twin(self, drop: Drop) -> str:
        """
        Make a second job of a submitted drop's, as a create does whose answer was
        lost.
        """
        work, results = (self.deployment.bucket(b) for b in ("work", "results"))
        made = self._vertex(
            "",
            {
                "displayName": "twin",
                "model": "publishers/google/models/gemini-2.5-flash",
                "inputConfig": {
                    "instancesFormat": "jsonl",
                    "gcsSource": {"uris": [f"gs://{work}/{drop.drop_id}/s0a1.jsonl"]},
                },
                "outputConfig": {
                    "predictionsFormat": "jsonl",
                    "gcsDestination": {"outputUriPrefix": f"gs://{results}/twin/"},
                },
                "labels": {
                    DEPLOYMENT_LABEL: self.deployment.name,
                    KEY_LABEL: f"{drop.drop_id}-s0a1",
                },
            },
        )
        name: str = made["name"]
        return name

    def is_cancelled(self, job: str) -> bool:
        """
        Whether somebody has asked for the job's end.
        """
        state: str = self._vertex("/" + job.rpartition("/")[2])["state"]
        return "CANCEL" in state

    def granted(self) -> set[Right]:
        """
        What is granted to the accounts that call anything here.
        """
        callers = {self.deployment.account(role) for role in CALLERS}
        return {right for right in self.grants.rights if right.account in callers}

    @contextlib.contextmanager
    def without(self, *rights: Right) -> Iterator[None]:
        """
        Take rights away for a while, and forget what was asked for before.
        """
        grants: Grants = self.grants
        for right in rights:
            assert right in grants.rights
            grants = grants.without(right)
        self.permits.grants = grants
        self.permits.refused = set()
        try:
            yield
        finally:
            self.permits.grants = self.grants

    def _vertex(self, path: str, body: Any = None) -> Any:
        parent = f"projects/{self.deployment.project}/locations/us-central1"
        status, told = self.ask(
            "us-central1-aiplatform.googleapis.com",
            f"/v1/{parent}/batchPredictionJobs{path}",
            body,
            f"Bearer {token_for(USER)}",
        )
        assert status == 200, told
        return told


@contextlib.contextmanager
def granted_cloud(
    folder: Path, *, forbidden_first: bool = False, backstop_grace: int = 3600
) -> Iterator[GrantedCloud]:
    """
    Run a cloud with the pipeline; a job takes half a second, and 0.2 s for each row.
    """
    lines: list[str] = []
    options = Options(
        folder=folder,
        speed=20.0,
        pace=replace(LOCAL_PACE, seconds_per_row=4.0),
        deployment=QuickDeployment(routes=[_ROUTE], backstop_grace=backstop_grace),
        delivery=DeliveryTerms(backoff_seconds=0.2, longest_backoff_seconds=0.4),
        knobs=Knobs(submissions_per_minute=None, reads_per_minute=None),
        storage_knobs=StorageKnobs(
            writes_per_second=0, overwrite_forbidden_first=forbidden_first
        ),
        listener=lambda function, line: lines.append(f"{function} {line}"),
    )
    with LoopThread().running() as thread:
        cloud = LocalCloud(options)
        entering = asyncio.run_coroutine_threadsafe(cloud.__aenter__(), thread.loop)
        entering.result(_START_SECONDS)
        try:
            running = GrantedCloud(thread, cloud, lines)
            running.clear()
            yield running
        finally:
            leaving = cloud.__aexit__(None, None, None)
            asyncio.run_coroutine_threadsafe(leaving, thread.loop).result(20)
