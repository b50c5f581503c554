"""The pipeline as its users see it: files dropped, messages received, jobs listed."""

import contextlib
import json
import subprocess
import sys
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import requests
from google.api_core.exceptions import NotFound
from google.cloud.storage import Blob, Client

from shared.drops import Drop
from tests.e2e.batch_jobs import jobs_in
from tests.running_cloud import RunningCloud, at_the_door
from tests.schemas import check_message

_COLLECTOR = Path(__file__).with_name("collector.py")
_LOOK_SECONDS = 0.1


class _Row(msgspec.Struct):
    """What is looked at of a row, and made of it: there may be 200,000."""

    key: str


_row_of = msgspec.json.Decoder(_Row).decode


def rows(count: int, text: str = "Say") -> bytes:
    """A file of so many good rows, keyed `row-0` and on."""
    lines = (
        json.dumps(
            {
                "key": f"row-{number}",
                "request": {
                    "contents": [
                        {"role": "user", "parts": [{"text": f"{text} {number}"}]}
                    ]
                },
            }
        )
        for number in range(count)
    )
    return "\n".join(lines).encode() + b"\n"


class Pipeline:
    """
    One running local cloud with the real clients before its door. Every message
    that arrives is held against the published schemas.
    """

    def __init__(self, cloud: RunningCloud, client: Client) -> None:
        self.cloud = cloud
        self.client = client
        self._received: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._new = threading.Condition()
        self._wrong: list[str] = []

    def drop(self, name: str, content: bytes) -> Drop:
        """Upload a file into the inbox, as any user does."""
        blob = self.client.bucket(self.cloud.told["inbox"]).blob(name)
        blob.upload_from_string(content)
        return drop_of(blob)

    def drop_file(self, name: str, file: Path) -> Drop:
        """Upload a file that is too large to hold."""
        blob = self.client.bucket(self.cloud.told["inbox"]).blob(name)
        blob.upload_from_filename(file)
        return drop_of(blob)

    def messages(self, drop: Drop, seconds: float = 60) -> list[dict[str, Any]]:
        """
        Wait for the drop's message; return all deliveries of it so far, each with
        `data` as bytes, `attributes`, and the decoded `said`.
        """
        stop_at = time.monotonic() + seconds
        with self._new:
            while not self._received[drop.drop_id]:
                assert not self._wrong, self._wrong
                left = stop_at - time.monotonic()
                assert left > 0, f"no message for {drop} in {seconds} s"
                self._new.wait(left)
            return list(self._received[drop.drop_id])

    def message(self, drop: Drop, seconds: float = 60) -> dict[str, Any]:
        """The decoded data of the drop's only message."""
        (received,) = self.messages(drop, seconds)
        said: dict[str, Any] = received["said"]
        return said

    def content(self, uri: str) -> bytes:
        """The bytes of a gs:// object."""
        bucket, _, name = uri.removeprefix("gs://").partition("/")
        content: bytes = self.client.bucket(bucket).blob(name).download_as_bytes()
        return content

    def answered(self, said: dict[str, Any]) -> list[str]:
        """The key of every row that Vertex AI wrote for a drop."""
        (folder,) = said["raw_output_uris"]
        content = self.content(f"{folder}predictions.jsonl")
        return [_row_of(line).key for line in content.splitlines()]

    def jobs(self, drop: Drop, location: str = "global") -> list[dict[str, Any]]:
        """The drop's batch jobs, in any state."""
        key = f'labels.dropbatch_job_key="{drop.drop_id}-s0a1"'
        return list(jobs_in(self.cloud, location, filter=key))

    def faults(self, *rules: dict[str, Any]) -> None:
        """Have Vertex AI play these faults from now on, and no others."""
        address = f"{self.cloud.told['admin']}/admin/faults"
        requests.delete(address, timeout=10).raise_for_status()
        if rules:
            given = [
                rule if set(rule) == {"name"} else {"service": "vertex"} | rule
                for rule in rules
            ]
            requests.post(address, json=given, timeout=10).raise_for_status()

    def disturb(self, **disturbance: Any) -> None:
        """Have these things befall events from now on."""
        address = f"{self.cloud.told['admin']}/admin/disturbance"
        requests.put(address, json=disturbance, timeout=10).raise_for_status()

    def make(self, kind: str, name: str, **fields: Any) -> str:
        """Make a topic or a subscription of a test's own; return its full name."""
        made = f"projects/{self.cloud.told['project']}/{kind}/{name}"
        requests.put(
            f"https://pubsub.googleapis.com/v1/{made}",
            json=fields,
            headers={"Authorization": self.cloud.bearer},
            timeout=10,
        ).raise_for_status()
        return made

    def until_closed(self, drop: Drop, seconds: float = 60) -> None:
        """Wait until the drop's marker is gone: nothing more will happen to it."""
        name = f"open/{drop.drop_id[0]}/{drop.drop_id}"
        blob = self.client.bucket(self.cloud.told["state"]).blob(name)
        stop_at = time.monotonic() + seconds
        while blob.exists():
            assert time.monotonic() < stop_at, f"{drop} is still open"
            time.sleep(_LOOK_SECONDS)

    def until_checked(self, drop: Drop, seconds: float = 60) -> None:
        """Wait until the drop has been staged or rejected."""
        name = f"rec/{drop.drop_id[:2]}/{drop.drop_id}.json"
        uri = f"gs://{self.cloud.told['state']}/{name}"
        stop_at = time.monotonic() + seconds
        while True:
            with contextlib.suppress(NotFound):
                if b'"state":"claimed"' not in self.content(uri):
                    return
            assert time.monotonic() < stop_at, f"{drop} is still being checked"
            time.sleep(_LOOK_SECONDS)

    def log(self, function: str) -> list[dict[str, Any]]:
        """The lines that a function has logged."""
        text = (self.cloud.folder / "logs" / f"{function}.log").read_text()
        return [json.loads(line) for line in text.splitlines() if line[:1] == "{"]

    def take(self, line: str) -> None:
        """Take a line from the collector."""
        received = json.loads(line)
        received["data"] = received["data"].encode()
        try:
            said = check_message(received["data"], received["attributes"])
        except Exception as error:  # noqa: BLE001  # told by the test that waits
            self._wrong.append(f"{error}: {line}")
            said = {"drop": {"id": ""}}
        received["said"] = said
        with self._new:
            self._received[said["drop"]["id"]].append(received)
            self._new.notify_all()


def drop_of(blob: Blob) -> Drop:
    """The drop that an object in the inbox is."""
    return Drop(
        bucket=blob.bucket.name,
        name=blob.name,
        generation=int(blob.generation),
        size=int(blob.size),
        crc32c=str(blob.crc32c),
        dropped_at=blob.time_created,
    )


@contextlib.contextmanager
def pipeline(cloud: RunningCloud) -> Iterator[Pipeline]:
    """A pipeline on a running cloud, its subscriber listening: use it `at_the_door`."""
    with at_the_door(cloud):
        client = Client(project=cloud.told["project"])
    running = Pipeline(cloud, client)
    with collecting(cloud, running.take):
        yield running
    client.close()


@contextlib.contextmanager
def collecting(cloud: RunningCloud, take: Callable[[str], None]) -> Iterator[None]:
    """Have a line of the collector's taken for every message that is delivered."""
    told = cloud.told
    subscription = f"projects/{told['project']}/subscriptions/c-{uuid.uuid4().hex}"
    with subprocess.Popen(
        [sys.executable, str(_COLLECTOR), subscription, told["topic"]],
        env=cloud.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # It ends with its input; a Ctrl-C is for whoever started it.
        process_group=0,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            assert process.stdout.readline() == "ready\n"

            def read(lines: Iterator[str]) -> None:
                for line in lines:
                    take(line)

            reader = threading.Thread(target=read, args=(process.stdout,), daemon=True)
            reader.start()
            yield
            process.stdin.close()
            process.wait(10)
            reader.join(10)
        finally:
            process.kill()
