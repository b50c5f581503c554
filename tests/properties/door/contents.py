"""
What a local cloud holds, told as the fakes tell it, so that the same stories are played
on it and the same is asserted of it.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from localcloud.access import USER
from localcloud.cloud import LocalCloud
from localcloud.door.tokens import token_for
from localcloud.storage.disk.drafts import Source
from localcloud.storage.disk.listing import ListRequest
from shared.errors import CreateError
from shared.jobs import KEY_LABEL, Job, JobRequest, JobState
from tests.e2e.inside_cloud import InsideCloud
from tests.properties.door.calls import Rule

_STORAGE = {"service": "storage"}
# What a request for a job says.
_ASKED = ("displayName", "model", "inputConfig", "outputConfig", "labels")
_CREATE = {"service": "vertex", "method": "CreateBatchPredictionJob"}
_GET = {"service": "vertex", "method": "GetBatchPredictionJob"}
_LIST = {"service": "vertex", "method": "ListBatchPredictionJobs"}


class HeldObjects:
    """The buckets, as they are: nothing is asked of a client for it."""

    def __init__(self, inside: InsideCloud) -> None:
        self._inside = inside
        # Before every piece of a stream.
        self.on_chunk: Callable[[], None] = lambda: None
        # Buckets of which whatever is asked is a wrong request.
        self.refused: set[str] = set()

    def rules(self) -> list[Rule]:
        """What is in force during every call."""
        return [
            {**_STORAGE, "resource": f"/buckets/{bucket}/", "error": {"code": 400}}
            for bucket in sorted(self.refused)
        ]

    def names(self, bucket: str) -> Sequence[str]:
        def listed(cloud: LocalCloud) -> Sequence[str]:
            page = cloud.services.storage.store.list_objects(ListRequest(bucket=bucket))
            assert page.next is None
            return [each.name for each in page.items]

        return self._inside.do(listed)

    def generation(self, bucket: str, name: str) -> int:
        """That of the live content."""

        def found(cloud: LocalCloud) -> int:
            one, file = cloud.services.storage.store.open_object(bucket, name)
            with file:
                return one.generation

        return self._inside.do(found)

    def content(self, bucket: str, name: str) -> bytes:
        def read(cloud: LocalCloud) -> bytes:
            _, file = cloud.services.storage.store.open_object(bucket, name)
            with file:
                return file.read()

        return self._inside.do(read)

    def remove(self, bucket: str, name: str, *, for_ever: bool = False) -> None:
        """Delete as a user does; `for_ever` takes the noncurrent versions too."""

        def removed(cloud: LocalCloud) -> None:
            store = cloud.services.storage.store
            if not for_ever:
                store.objects.delete(Source(bucket=bucket, name=name))
                return
            for each in store.overview.generations(bucket, name, 100):
                one = Source(bucket=bucket, name=name, generation=each.generation)
                store.objects.delete(one)

        self._inside.do(removed)

    def empty(self, *buckets: str) -> None:
        """Delete every generation of everything."""

        def emptied(cloud: LocalCloud) -> None:
            store = cloud.services.storage.store
            for bucket in buckets:
                wanted = ListRequest(bucket=bucket, versions=True)
                for each in store.list_objects(wanted).items:
                    one = Source(
                        bucket=bucket, name=each.name, generation=each.generation
                    )
                    store.objects.delete(one)

        self._inside.do(emptied)


class MadeJobs:
    """
    The jobs, and what a story wants of Vertex AI: as `rules`, since it is asked over
    the wire. `job_seconds`: how much longer than at its own pace a job takes.
    """

    def __init__(self, inside: InsideCloud) -> None:
        self._inside = inside
        self.answer: Callable[[], Exception | None] | None = None
        self.create_unknown_with_job = False
        self.lag_seconds = 0.0
        self.job_seconds = 0.0
        self.poisoned: set[str] = set()
        self.on_cancel: Callable[[Job], None] = lambda _: None
        self.on_create: Callable[[JobRequest], None] = lambda _: None

    def finish(self, *, after_seconds: float = 0) -> None:
        """Jobs end by the clock, at their own pace."""

    def rules(self) -> list[Rule]:
        """What is in force during every call."""
        rules: list[Rule] = []
        if self.answer and (error := self.answer()):
            assert isinstance(error, CreateError)
            rules.append({**_CREATE, "error": {"code": error.code}})
        if self.create_unknown_with_job:
            lost = {"error": {"code": "UNAVAILABLE"}, "after_effect": True}
            rules.append({**_CREATE, **lost})
        for name in sorted(self.poisoned):
            rule = {**_GET, "resource": f"/{_id(name)}$", "error": {"code": 400}}
            rules.append(rule)
        if self.lag_seconds:
            rules.append({**_LIST, "list_lag_seconds": self.lag_seconds})
        if self.job_seconds:
            script = {
                "state": "JOB_STATE_PENDING",
                "stuck": True,
                "resume_after_seconds": self.job_seconds,
            }
            course = {"service": "vertex", "method": "RunBatchPredictionJob"}
            rules.append({**course, "script": script})
        return rules

    @property
    def jobs(self) -> dict[str, Job]:
        """Every job that there is, whatever lists may leave out."""

        return {told["name"]: _job(told) for told in self._shown()}

    @property
    def inputs(self) -> list[str]:
        """What each job reads."""
        return [_input(told) for told in self._shown()]

    def _shown(self) -> list[Any]:
        def shown(cloud: LocalCloud) -> list[Any]:
            overview = cloud.services.vertex.overview
            found = overview.newest((), before=None, limit=100)
            return [overview.shown(each.job) for each in found]

        return self._inside.do(shown)

    def see_cancelled(self, name: str) -> None:
        """Have the job that is to be cancelled looked at."""
        jobs = {_id(each): job for each, job in self.jobs.items()}
        self.on_cancel(jobs[_id(name)])

    def make_again(self) -> None:
        """Make each job once more, as processes do that wake up late."""
        for told in self._shown():
            parent, _, _ = told["name"].rpartition("/")
            location = parent.split("/")[3]
            prefix = "" if location == "global" else f"{location}-"
            asked = {name: told[name] for name in _ASKED}
            _asked(
                self._inside,
                f"{prefix}aiplatform.googleapis.com",
                f"/v1/{parent}",
                asked,
            )

    def cancel_by_hand(self, name: str) -> None:
        """Cancel as an operator does."""
        self._inside.do(lambda cloud: cloud.services.vertex.overview.cancel(_id(name)))

    def forget(self) -> None:
        """Know of no job any more."""
        self._inside.do(lambda cloud: cloud.services.vertex.forget_jobs())

    def move(self, name: str, state: JobState) -> None:
        """Show a job that waits in another state, until it goes on by itself."""

        def moved(cloud: LocalCloud) -> None:
            vertex = cloud.services.vertex
            job = vertex.overview.find(_id(name))
            # No script has two states, and no call of the API brings one about.
            vertex._store.put(replace(job, state=f"JOB_STATE_{state.name}"))

        self._inside.do(moved)


class ReceivedMessages:
    """What a subscriber has got so far."""

    def __init__(self, inside: InsideCloud) -> None:
        self._inside = inside
        self._got: list[tuple[bytes, dict[str, str]]] = []
        self.on_publish: Callable[[bytes], None] = lambda _: None

    @property
    def published(self) -> list[tuple[bytes, dict[str, str]]]:
        self._pull()
        return self._got

    def forget(self) -> None:
        """Take what is there, and begin anew."""
        self._pull()
        self._got = []

    def _pull(self) -> None:
        path = f"/v1/{self._inside.deployment.subscription}"
        wanted = {"maxMessages": 1000, "returnImmediately": True}
        while received := self._ask(f"{path}:pull", wanted).get("receivedMessages"):
            for each in received:
                message = each["message"]
                data = base64.b64decode(message["data"])
                self._got.append((data, message["attributes"]))
            acks = [each["ackId"] for each in received]
            self._ask(f"{path}:acknowledge", {"ackIds": acks})

    def _ask(self, path: str, body: Any) -> Any:
        return _asked(self._inside, "pubsub.googleapis.com", path, body)


def _asked(inside: InsideCloud, host: str, path: str, body: Any = None) -> Any:
    status, told = inside.ask(host, path, body, f"Bearer {token_for(USER)}")
    assert status == 200, told
    return told


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def _job(told: Any) -> Job:
    return Job(
        name=told["name"],
        key=told["labels"][KEY_LABEL],
        state=JobState(told["state"].removeprefix("JOB_STATE_").lower()),
        created_at=datetime.fromisoformat(told["createTime"]),
        output_directory=told.get("outputInfo", {}).get("gcsOutputDirectory", ""),
    )


def _input(told: Any) -> str:
    uri: str = told["inputConfig"]["gcsSource"]["uris"][0]
    return uri
