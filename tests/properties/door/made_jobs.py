"""The jobs of a local cloud, told as the fakes tell them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from localcloud.cloud import LocalCloud
from shared.errors import CreateError
from shared.jobs import KEY_LABEL, Job, JobRequest, JobState
from tests.e2e.inside_cloud import InsideCloud
from tests.properties.door.asking import ask_as_user
from tests.properties.door.calls import Rule

# What a request for a job says.
_ASKED = ("displayName", "model", "inputConfig", "outputConfig", "labels")
_CREATE = {"service": "vertex", "method": "CreateBatchPredictionJob"}
_GET = {"service": "vertex", "method": "GetBatchPredictionJob"}
_LIST = {"service": "vertex", "method": "ListBatchPredictionJobs"}


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
        self._forgotten: list[str] = []
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
        """What each job reads that was ever made."""
        return [*self._forgotten, *(_input(told) for told in self._shown())]

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
            ask_as_user(
                self._inside,
                f"{prefix}aiplatform.googleapis.com",
                f"/v1/{parent}",
                asked,
            )

    def cancel_by_hand(self, name: str) -> None:
        """Cancel as an operator does."""
        self._inside.do(lambda cloud: cloud.services.vertex.overview.cancel(_id(name)))

    def forget(self) -> None:
        """Know of no job any more; what they read is remembered."""
        self._forgotten = self.inputs
        self._inside.do(lambda cloud: cloud.services.vertex.forget_jobs())

    def move(self, name: str, state: JobState) -> None:
        """Show a job that waits in another state, until it goes on by itself."""

        def moved(cloud: LocalCloud) -> None:
            vertex = cloud.services.vertex
            job = vertex.overview.find(_id(name))
            # No script has two states, and no call of the API brings one about.
            vertex._store.put(replace(job, state=f"JOB_STATE_{state.name}"))

        self._inside.do(moved)


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
