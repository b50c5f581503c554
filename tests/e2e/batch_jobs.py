"""Batch jobs as whoever has rights in the project sees and cancels them."""

from collections.abc import Iterator
from typing import Any

import requests

from tests.running_cloud import RunningCloud


def jobs_in(
    cloud: RunningCloud, location: str, **wanted: str
) -> Iterator[dict[str, Any]]:
    """
    Every job in a location, in any state, page by page; this process is before the
    cloud's door. `filter` says which.
    """
    parent = f"projects/{cloud.told['project']}/locations/{location}"
    page: str | None = ""
    while page is not None:
        answer = requests.get(
            f"{_endpoint(location)}/{parent}/batchPredictionJobs",
            params={**wanted, "pageToken": page},
            headers={"Authorization": cloud.bearer},
            timeout=30,
        )
        answer.raise_for_status()
        told = answer.json()
        yield from told.get("batchPredictionJobs", [])
        page = told.get("nextPageToken") or None


def cancel(cloud: RunningCloud, job: dict[str, Any]) -> bool:
    """Cancel a job; whether that was still possible."""
    name: str = job["name"]
    answer = requests.post(
        f"{_endpoint(name.split('/')[3])}/{name}:cancel",
        json={},
        headers={"Authorization": cloud.bearer},
        timeout=30,
    )
    return answer.ok


def _endpoint(location: str) -> str:
    host = "aiplatform.googleapis.com"
    return f"https://{host if location == 'global' else f'{location}-{host}'}/v1"
