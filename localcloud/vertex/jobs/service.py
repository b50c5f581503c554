"""
JobService for batch jobs, whatever way a call comes in.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.message import Message

from localcloud.faults.faults import Faults
from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.faults.rules import RUN, Call, script_for
from localcloud.vertex.jobs.creation import check_offered, plain_spec
from localcloud.vertex.jobs.engine import Engine
from localcloud.vertex.jobs.job import TERMINAL, Job, Phase
from localcloud.vertex.jobs.quotas import Quotas
from localcloud.vertex.jobs.resource import Resource, resource
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.jobs.times import json_time
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.life.lifecycle import Lifecycle
from localcloud.vertex.life.steps import micros
from localcloud.vertex.lists.filter_grammar import parse_filter
from localcloud.vertex.lists.pages import (
    check_mask,
    masked,
    page_size,
    page_token,
    read_page_token,
)
from localcloud.vertex.names import Parent, ResourceName
from localcloud.vertex.overrides import knobs_of_job

_FIRST_ID = 10**18
_LAST_ID = (1 << 63) - 1


def new_id() -> str:
    """
    A job's id: 19 digits that fit a signed 64-bit number.
    """
    return str(_FIRST_ID + secrets.randbelow(_LAST_ID - _FIRST_ID))


class JobService:
    """
    The methods, without transport. Each raises ApiError, or has taken effect.
    """

    def __init__(
        self,
        *,
        store: Store,
        engine: Engine,
        lifecycle: Lifecycle,
        knobs: Knobs,
        faults: Faults,
        now: Callable[[], int],
        ids: Callable[[], str] = new_id,
    ) -> None:
        self._store = store
        self._engine = engine
        self._lifecycle = lifecycle
        self._knobs = knobs
        self._faults = faults
        self._now = now
        self._ids = ids
        self._quotas = Quotas(knobs=knobs, pace=lifecycle.pace, now=now)

    def create(self, parent: Parent, asked: dict[str, Any]) -> Resource:
        self._quotas.submit(parent)
        spec = plain_spec(asked, self._knobs)
        now = self._now()
        course = Call(
            method=RUN,
            resource=parent.name,
            by_name_only=True,
            display_name=spec["displayName"],
            model=spec["model"],
            labels=spec.get("labels", {}),
        )
        script = script_for(self._faults, course)
        check_offered(spec, parent, knobs_of_job(self._knobs, script.knobs))
        job = Job(
            id=self._ids(),
            project=parent.number,
            location=parent.location,
            spec=spec,
            create_time=now,
            update_time=now,
            due=self._lifecycle.first_due(now, script),
            script=script,
        )
        self._engine.add(job)
        return self.shown(job)

    def get(self, name: ResourceName) -> Resource:
        self._quotas.manage(name.parent)
        return self.shown(self._find(name))

    def list(
        self,
        parent: Parent,
        *,
        job_type: type[Message],
        filter_text: str = "",
        size: int = 0,
        token: str = "",
        mask: Sequence[str] = (),
        lag_seconds: float = 0.0,
    ) -> dict[str, Any]:
        """
        A page of jobs; `lag_seconds` hides the newest ones.
        """
        self._quotas.manage(parent)
        self._forget()
        parsed = parse_filter(filter_text)
        paths = check_mask(mask, job_type)
        size = page_size(size, self._knobs.default_page_size, self._knobs.max_page_size)
        lag = max(lag_seconds, self._knobs.list_lag_seconds)
        found = self._store.page(
            parent.number,
            parent.location,
            parsed,
            before=read_page_token(token, parent.name, filter_text),
            created_until=self._now() - micros(lag),
            size=size + 1,
            oldest_first=self._knobs.list_order == "oldest",
        )
        page: dict[str, Any] = {}
        if found:
            page["batchPredictionJobs"] = [
                masked(self.shown(listed.job), paths) for listed in found[:size]
            ]
        if len(found) > size:
            page["nextPageToken"] = page_token(
                found[size - 1].number, parent.name, filter_text
            )
        return page

    def cancel(self, name: ResourceName) -> None:
        self._quotas.manage(name.parent)
        self._engine.cancel(self._find(name))

    def delete(self, name: ResourceName) -> dict[str, Any]:
        """
        Delete a job that has ended; an operation that is done.
        """
        self._quotas.submit(name.parent)
        job = self._find(name)
        if job.state not in TERMINAL and job.phase is not Phase.ENDED:
            raise ApiError(
                Code.FAILED_PRECONDITION,
                f"Cannot delete the BatchPredictionJob {job.name}: it is in state "
                f"{job.state}. Cancel it or wait until it has finished.",
            )
        self._store.delete(job.id)
        name_of_operation = f"{job.parent}/operations/{self._ids()}"
        moment = json_time(self._now())
        operation = {
            "name": name_of_operation,
            "metadata": {
                "genericMetadata": {"createTime": moment, "updateTime": moment}
            },
            "done": True,
        }
        self._store.add_operation(name_of_operation, operation)
        return operation

    def operation(self, name: ResourceName) -> dict[str, Any]:
        self._quotas.manage(name.parent)
        found = self._store.operation(name.name)
        if found is None:
            raise ApiError(Code.NOT_FOUND, f"Operation {name.asked} is not found.")
        return found

    def look(self, name: ResourceName) -> Job | None:
        """
        The job of this name, if there is one.
        """
        parent = name.parent
        return self._store.get(parent.number, parent.location, name.id)

    def end(self, job: Job) -> None:
        """
        Cancel a job without a call: no quota counts it.
        """
        self._engine.cancel(job)

    def shown(self, job: Job) -> Resource:
        """
        The job as the API shows it; no quota counts a look.
        """
        running = None if job.ended else self._engine.counts(job)
        late = micros(self._lifecycle.pace.late_seconds)
        return resource(
            job,
            running,
            knobs_of_job(self._knobs, job.script.knobs),
            settled=job.ended and self._now() >= job.update_time + late,
        )

    def _find(self, name: ResourceName) -> Job:
        self._forget()
        job = self.look(name)
        if job is None:
            raise ApiError(
                Code.NOT_FOUND, f"The BatchPredictionJob {name.asked} does not exist."
            )
        return job

    def _forget(self) -> None:
        kept = self._knobs.jobs_kept_seconds
        if kept is not None:
            self._store.forget_ended(self._now() - micros(kept))
