"""
Batch prediction jobs of every project and location, as their clients see them.
"""

from typing import Any

from localcloud.page.asked import Asked, AskedError
from localcloud.vertex.jobs.job import TERMINAL, Job, State
from localcloud.vertex.jobs.overview import Overview

_PAGE = 50
ACTIVE = tuple(state for state in State if state not in TERMINAL)
_GROUPS = {
    "": (),
    "active": ACTIVE,
    "ended": tuple(TERMINAL),
}


def jobs(overview: Overview, asked: Asked) -> dict[str, Any]:
    """
    A page of jobs, newest first.
    """
    limit = asked.limit(_PAGE, 500)
    found = overview.newest(
        _states(asked.text("state")), before=asked.number("page"), limit=limit + 1
    )
    return {
        "counts": overview.counts(),
        "jobs": [one(overview, each.job) for each in found[:limit]],
        "next": str(found[limit - 1].number) if len(found) > limit else None,
    }


def one_job(overview: Overview, asked: Asked) -> dict[str, Any]:
    """
    One job, with the whole resource.
    """
    job = overview.find(asked.required("id"))
    return {**one(overview, job), "resource": overview.shown(job)}


def one(overview: Overview, job: Job) -> dict[str, Any]:
    """
    What the page shows of a job.
    """
    shown = overview.shown(job)
    stats = shown.get("completionStats", {})
    return {
        "id": job.id,
        "name": job.name,
        "location": job.location,
        "displayName": shown.get("displayName", ""),
        "model": shown.get("model", ""),
        "state": shown["state"],
        "ended": job.state in TERMINAL,
        "labels": shown.get("labels", {}),
        "createTime": shown["createTime"],
        "startTime": shown.get("startTime"),
        "endTime": shown.get("endTime"),
        "rows": job.rows,
        "succeeded": int(stats.get("successfulCount", 0)),
        "failed": int(stats.get("failedCount", 0)),
        "input": job.spec.get("inputConfig", {}).get("gcsSource", {}).get("uris", []),
        "output": shown.get("outputInfo", {}).get("gcsOutputDirectory"),
        "error": shown.get("error"),
    }


def _states(text: str) -> tuple[str, ...]:
    if text in _GROUPS:
        return _GROUPS[text]
    if text in tuple(State):
        return (text,)
    raise AskedError(f"state={text!r} is neither a state nor active nor ended")
