"""
What a page about all jobs asks for, whatever project and location they are in.
"""

from collections.abc import Collection

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.jobs.job import Job
from localcloud.vertex.jobs.resource import Resource
from localcloud.vertex.jobs.service import JobService
from localcloud.vertex.jobs.store import Listed, Store


class Overview:
    """
    The jobs of one local cloud; each is shown as its own client sees it. Looking and
    ending take nothing from a project's quota.
    """

    def __init__(self, store: Store, service: JobService) -> None:
        self._store = store
        self._service = service

    def counts(self) -> dict[str, int]:
        """
        How many jobs are in each state.
        """
        return self._store.count_by_state()

    def newest(
        self, states: Collection[str], *, before: int | None, limit: int
    ) -> list[Listed]:
        """
        The newest jobs in these states (any, if none is named), newest first, from
        those with a smaller number than `before`.
        """
        return self._store.newest(states, before=before, limit=limit)

    def find(self, job_id: str) -> Job:
        """
        The job of that id; NOT_FOUND if there is none.
        """
        job = self._store.by_id(job_id)
        if job is None:
            raise ApiError(
                Code.NOT_FOUND, f"The BatchPredictionJob {job_id} does not exist."
            )
        return job

    def shown(self, job: Job) -> Resource:
        """
        The job as the API shows it.
        """
        return self._service.shown(job)

    def cancel(self, job_id: str) -> None:
        """
        Ask for an end, as a client would; ApiError says why not.
        """
        self._service.end(self.find(job_id))
