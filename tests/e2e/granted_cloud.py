"""
The whole pipeline in a cloud of this process: its grants can be changed while it runs,
its faults aimed at one drop, its functions killed.
"""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from localcloud.access import USER
from localcloud.cloud import LOCAL_PACE, LocalCloud, Options
from localcloud.door.tokens import token_for
from localcloud.grants import Grants, Right
from localcloud.pipeline.delivery import DeliveryTerms
from localcloud.pipeline.deployment import Deployment
from localcloud.storage.disk.drafts import Source
from localcloud.storage.knobs import StorageKnobs
from localcloud.storage.rules.errors import NotFoundError
from localcloud.vertex.knobs import Knobs
from shared.drops import Drop
from shared.jobs import DEPLOYMENT_LABEL, KEY_LABEL
from tests.loop_thread import LoopThread

Result = TypeVar("Result")

ROW = b'{"request":{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}}\n'
CALLERS = ("submit_job", "poll_jobs", "trigger", "scheduler")

_START_SECONDS = 60
_LOOK_SECONDS = 0.02

# What a local deployment waits seconds for, in tenths of them.
_TIMES = {
    "CLAIM_LEASE": 1.5,
    "CLAIM_RENEW": 0.5,
    "CREATE_TIMEOUT": 1.0,
    "CREATE_DEADLINE": 1.5,
    "SETTLE": 1.2,
    "HOLD_MIN": 0.2,
    "HOLD_MAX": 0.4,
    "PUBLISH_TIMEOUT": 1.0,
    "PUBLISH_LEASE": 1.5,
    "JOB_LOST": 0.5,
    "SWEEP": 1.5,
}


class QuickDeployment(Deployment):
    """
    The local deployment, in more of a hurry.
    """

    def settings(self) -> dict[str, str]:
        times = {f"DROPBATCH_{name}_SECONDS": f"{t:g}" for name, t in _TIMES.items()}
        return super().settings() | times


class GrantedCloud:
    """
    A running cloud, whose stores are read and written as its owner.
    """

    def __init__(self, thread: LoopThread, cloud: LocalCloud, lines: list[str]) -> None:
        self._thread = thread
        self._cloud = cloud
        self.lines = lines
        self.permits = cloud.permits
        self.grants = cloud.permits.grants
        self.deployment = cloud.options.deployment

    def drop(self, name: str, content: bytes = ROW) -> Drop:
        """
        Put a file into the inbox; its event comes a moment later.
        """
        inbox = self.deployment.bucket("inbox")
        made = self._do(
            lambda cloud: cloud.services.storage.store.insert_object(
                inbox, name, content
            )
        )
        return Drop(
            bucket=inbox,
            name=name,
            generation=made.generation,
            size=len(content),
            crc32c="",
            dropped_at=datetime.fromisoformat(made.created),
        )

    def forget(self, drop: Drop) -> None:
        """
        Delete the drop's generation for ever.
        """
        source = Source(bucket=drop.bucket, name=drop.name, generation=drop.generation)
        self._do(lambda cloud: cloud.services.storage.store.objects.delete(source))

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

        return self._do(read)

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

    def fault(self, drop: Drop | None = None, **rule: Any) -> None:
        """
        Switch a fault on; one of Vertex AI's befalls the drop's jobs alone.
        """
        if drop is not None:
            rule["labels"] = {KEY_LABEL: f"{drop.drop_id}-s0a1"}
        self._do(lambda cloud: cloud.services.switches.add(rule))

    def injected(self) -> int:
        """
        How many calls a fault has befallen.
        """

        def count(cloud: LocalCloud) -> int:
            injected = cloud.services.switches.faults.injected
            return len([each for each in injected if each["service"] != "eventarc"])

        return self._do(count)

    def disturb(self, **fields: Any) -> None:
        """
        Have this befall events from now on.
        """
        self._do(lambda cloud: cloud.services.switches.set_base(fields))

    def clear(self) -> None:
        """
        No more faults, no more disturbance.
        """
        self._do(lambda cloud: cloud.services.switches.clear())
        self.disturb(delay_seconds=[0.2, 0.2])

    def kill(self, function: str) -> None:
        """
        Kill a function's whole process group; it is served again after a while.
        """
        pipeline = self._cloud.pipeline
        assert pipeline is not None
        pid = pipeline.functions[function].pid
        assert pid
        os.killpg(pid, signal.SIGKILL)

    def url(self, function: str) -> str:
        """
        The address of a function's service.
        """
        pipeline = self._cloud.pipeline
        assert pipeline is not None
        self.until(lambda: pipeline.fronts[function].url)
        url = pipeline.fronts[function].url
        assert url
        return url

    def identity(self, role: str, audience: str) -> str:
        """
        An identity token of one of the deployment's accounts.
        """
        account = self.deployment.account(role) if role in CALLERS else role
        return self._do(lambda cloud: cloud.services.identity.token(account, audience))

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

    def until(self, claim: Callable[[], object], seconds: float = 30) -> None:
        """
        Wait until a claim is true.
        """
        deadline = time.monotonic() + seconds
        while not claim():
            assert time.monotonic() < deadline, "\n".join(self.lines[-40:])
            time.sleep(_LOOK_SECONDS)

    def _do(self, work: Callable[[LocalCloud], Result]) -> Result:
        async def inside() -> Result:
            return work(self._cloud)

        return self._thread.run(inside())

    def ask(self, host: str, path: str, body: Any, bearer: str) -> tuple[int, Any]:
        """
        Ask one of Google's hosts, or this cloud itself: a GET, or the POST of a body.
        """
        port = self._cloud.services.admin_port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        with contextlib.closing(connection):
            connection.request(
                "GET" if body is None else "POST",
                path,
                None if body is None else json.dumps(body),
                {
                    "Host": host,
                    "Authorization": bearer,
                    "Content-Type": "application/json",
                },
            )
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    @property
    def pubsub_address(self) -> str:
        """
        Where Pub/Sub speaks gRPC, on this side of the door.
        """
        return f"127.0.0.1:{self._cloud.services.pubsub.grpc_port}"

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
    folder: Path, *, forbidden_first: bool = False
) -> Iterator[GrantedCloud]:
    """
    Run a cloud with the pipeline; a job takes half a second, and 0.2 s for each row.
    """
    lines: list[str] = []
    options = Options(
        folder=folder,
        speed=20.0,
        pace=replace(LOCAL_PACE, seconds_per_row=4.0),
        deployment=QuickDeployment(),
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
