"""
A local cloud in a thread of the test's process, so that much can be put into it fast.
"""

import contextlib
import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from localcloud.access import USER
from localcloud.cloud import LocalCloud, Options
from localcloud.door.access_tokens import token_for
from localcloud.pubsub.wire import PubsubMessage
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.pace import Pace
from tests.loop_thread import LoopThread

Result = TypeVar("Result")

# Jobs that wait for as long as a test lasts.
_PACE = Pace(
    pending_seconds=3600,
    running_seconds=3600,
    seconds_per_row=1,
    cancelling_seconds=0.1,
)
BEARER = f"Bearer {token_for(USER, 3600)}"
_VERTEX = "us-central1-aiplatform.googleapis.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    What the loopback port answered.
    """

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class CloudInThread:
    """
    Google's services on a loopback port, and their stores at hand.
    """

    def __init__(self, thread: LoopThread, cloud: LocalCloud) -> None:
        self._thread = thread
        self.cloud = cloud
        self.port = cloud.services.admin_port
        self.address = f"http://127.0.0.1:{self.port}/"
        self.host = f"127.0.0.1:{self.port}"

    def do(self, work: Callable[[LocalCloud], Result]) -> Result:
        """
        Do something where the stores may be used: in the cloud's own thread.
        """

        async def inside() -> Result:
            return work(self.cloud)

        return self._thread.run(inside())

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """
        Ask the loopback port; names of headers with `_` for `-`.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(
                status=answer.status,
                headers=answer.headers,
                body=answer.read(),
            )

    def state(self, path: str) -> Any:
        """
        The page's data at that path.
        """
        answer = self.ask("GET", f"/admin/state/{path}")
        assert answer.status == 200, answer.body
        return answer.json()

    def bucket(self, name: str, *, versioned: bool = False) -> None:
        """
        Make a bucket.
        """
        settings = {"versioning": {"enabled": versioned}}
        self.do(
            lambda cloud: cloud.services.storage.store.create_bucket_if_absent(
                name, "p", settings
            )
        )

    def objects(self, bucket: str, contents: Mapping[str, bytes]) -> None:
        """
        Make objects, as many as it takes.
        """

        def insert(cloud: LocalCloud) -> None:
            # Other requests get their turn now and then.
            for name, content in islice(left, 200):
                cloud.services.storage.store.insert_object(bucket, name, content)

        left = iter(contents.items())
        for _ in range(0, len(contents), 200):
            self.do(insert)

    def jobs(self, *names: str) -> list[str]:
        """
        Make jobs with these display names; their ids.
        """
        made = []
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            for name in names:
                connection.request(
                    "POST",
                    "/v1/projects/dropbatch-local/locations/us-central1/batchPredictionJobs",
                    json.dumps(_job(name)),
                    {
                        "Host": _VERTEX,
                        "Authorization": BEARER,
                        "Content-Type": "application/json",
                    },
                )
                answer = json.loads(connection.getresponse().read())
                assert "name" in answer, answer
                made.append(answer["name"].rpartition("/")[2])
        return made

    def publish(self, topic: str, *contents: bytes, **attributes: str) -> str:
        """
        Publish to a topic that has one subscription, which is returned.
        """
        name = f"projects/p/topics/{topic}"
        subscription = f"projects/p/subscriptions/{topic}-sub"

        def publish(cloud: LocalCloud) -> None:
            broker = cloud.services.broker
            broker.create_topic_if_absent(name)
            broker.create_subscription_if_absent(subscription, name)
            broker.publish(
                name,
                [PubsubMessage(data=data, attributes=attributes) for data in contents],
            )

        self.do(publish)
        return subscription


@contextlib.contextmanager
def cloud_in_thread(folder: Path) -> Iterator[CloudInThread]:
    """
    Run a cloud without the pipeline.
    """
    # A thousand jobs in a minute are more than the service takes.
    knobs = Knobs(submissions_per_minute=None, reads_per_minute=None)
    options = Options(folder=folder, bare=True, pace=_PACE, knobs=knobs)
    with LoopThread().running() as thread:
        cloud = LocalCloud(options)

        async def enter() -> LocalCloud:
            return await cloud.__aenter__()

        async def leave() -> None:
            await cloud.__aexit__(None, None, None)

        thread.run(enter())
        try:
            yield CloudInThread(thread, cloud)
        finally:
            thread.run(leave())


def _job(name: str) -> dict[str, Any]:
    return {
        "displayName": name,
        "model": "publishers/google/models/gemini-2.5-flash",
        "inputConfig": {
            "instancesFormat": "jsonl",
            "gcsSource": {"uris": ["gs://inputs/rows.jsonl"]},
        },
        "outputConfig": {
            "predictionsFormat": "jsonl",
            "gcsDestination": {"outputUriPrefix": "gs://outputs/"},
        },
        "labels": {"team": "blue"},
    }
