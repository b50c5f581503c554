"""
How many calls a project may make in a minute and a region.

There are two quotas that batch jobs meet (docs.cloud.google.com/vertex-ai/docs/quotas):
one for submissions, which creating and deleting a job are, and one for everything
else. What is refused is not counted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.vertex.api.errors import ApiError, Code
from localcloud.vertex.knobs import Knobs
from localcloud.vertex.names import Parent
from localcloud.vertex.pace import Pace

_SERVICE = "aiplatform.googleapis.com"


@dataclass(frozen=True, slots=True)
class _Quota:
    name: str
    metric: str
    limit: str


_SUBMISSIONS = _Quota(
    "Job or LRO submission requests",
    "job_or_lro_submission_requests",
    "JobOrLroSubmissionRequestsPerMinutePerProjectPerRegion",
)
_OTHERS = _Quota(
    "Resource management (CRUD) requests",
    "resource_management_requests",
    "ResourceManagementRequestsPerMinutePerProjectPerRegion",
)


class Quotas:
    """
    The counts of the present minute. They are gone after a restart.
    """

    def __init__(self, *, knobs: Knobs, pace: Pace, now: Callable[[], int]) -> None:
        self._most = {
            _SUBMISSIONS: knobs.submissions_per_minute,
            _OTHERS: knobs.reads_per_minute,
        }
        self._minute = max(1, int(pace.minute_seconds * 1_000_000))
        self._now = now
        self._present = -1
        self._counts: dict[tuple[_Quota, str, str], int] = {}

    def submit(self, parent: Parent) -> None:
        """
        Count a submission, or raise what the service answers if it is one too many.
        """
        self._count(_SUBMISSIONS, parent)

    def manage(self, parent: Parent) -> None:
        """
        Count a call of any other kind, likewise.
        """
        self._count(_OTHERS, parent)

    def _count(self, quota: _Quota, parent: Parent) -> None:
        most = self._most[quota]
        if most is None:
            return
        present = self._now() // self._minute
        if present != self._present:
            self._present = present
            self._counts.clear()
        key = (quota, parent.number, parent.location)
        count = self._counts.get(key, 0) + 1
        if count > most:
            raise _exceeded(quota, most, parent)
        self._counts[key] = count


def _exceeded(quota: _Quota, most: int, parent: Parent) -> ApiError:
    return ApiError(
        Code.RESOURCE_EXHAUSTED,
        f"Quota exceeded for quota metric '{quota.name}' and limit '{quota.name} per "
        f"minute per region' of service '{_SERVICE}' for consumer "
        f"'project_number:{parent.number}'.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": _SERVICE,
                    "consumer": f"projects/{parent.number}",
                    "quota_metric": f"{_SERVICE}/{quota.metric}",
                    "quota_limit": quota.limit,
                    "quota_limit_value": str(most),
                    "quota_location": parent.location,
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quotas/help/"
                        "request_increase",
                    }
                ],
            },
        ],
    )
