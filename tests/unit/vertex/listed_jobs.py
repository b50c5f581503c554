"""
Jobs in a store, and those that pass a filter.
"""

from typing import Any

from localcloud.vertex.jobs.job import Job
from localcloud.vertex.jobs.store import Store
from localcloud.vertex.lists.filter_grammar import parse_filter

SECOND = 1_000_000
DAY = 1_621_296_000 * SECOND  # 2021-05-18T00:00:00Z


def job(number: int, **fields: Any) -> Job:
    spec = {
        "displayName": fields.get("display_name", "a"),
        "labels": fields.get("labels", {}),
    }
    moment = fields.get("create_time", DAY)
    return Job(
        id=str(number),
        project="1",
        location="global",
        spec=spec,
        create_time=moment,
        update_time=moment,
        due=None,
        state=fields.get("state", "JOB_STATE_RUNNING"),
    )


def found(store: Store, text: str) -> list[str]:
    """
    The names of the jobs that pass, oldest first.
    """
    page = store.page(
        *("1", "global", parse_filter(text)),
        before=None,
        created_until=1 << 62,
        size=1_000,
    )
    return [listed.job.spec["displayName"] for listed in reversed(page)]
