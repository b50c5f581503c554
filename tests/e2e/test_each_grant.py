"""
Each grant, taken away while the pipeline runs: something visible stops, and goes on
once it is granted again.

    EACH_GRANT=all python -m pytest tests/e2e/test_each_grant.py

tries all of them; without it, one of each kind.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from localcloud.cloud import REPOSITORY
from localcloud.grants import Right, places, read_grants
from localcloud.pipeline.deployment import Deployment
from shared.drops import Drop
from tests.e2e.granted_cloud import CALLERS, ROW, GrantedCloud, granted_cloud
from tests.e2e.sequels import Sequel, forgotten, nothing_else, vertex_fault

_DEPLOYMENT = Deployment()
_ROLES = {_DEPLOYMENT.account(role): role for role in CALLERS}
_PLACES = {resource: place for place, resource in places(_DEPLOYMENT).items()}

Key = tuple[str, str, str]
"""
An account, the last word of a permission, and a place: `poll_jobs list results`.
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    How a grant comes to be asked for, and what is seen where it is missing.

    `then` is done before anybody hears of the drop, `after` while it is worked on;
    `also` are other grants that are missing
    all the while, so that somebody else has to do the work.
    """

    also: tuple[Key, ...] = ()
    content: bytes = ROW
    then: Sequel = nothing_else
    after: Callable[[GrantedCloud, Drop], object] = lambda cloud, drop: None
    outcome: str = "completed"
    seen: str = "ForbiddenError"
    stops: bool = True


def _unstaged(cloud: GrantedCloud, drop: Drop) -> None:
    # By then submit_job has read the file: it can't be who misses it.
    cloud.until(lambda: RIGHTS[_STAGES] in cloud.permits.refused)


def _gone(cloud: GrantedCloud, drop: Drop) -> None:
    _unstaged(cloud, drop)
    cloud.forget(drop)


def _twin(cloud: GrantedCloud, drop: Drop) -> None:
    cloud.until(lambda: cloud.record(drop).get("state") == "submitted")
    cloud.twin(drop)


_STAGES = ("submit_job", "create", "work")
_BY_THE_POLL = Case(also=(_STAGES,), after=_unstaged)
_PLAIN = Case()
_LOST = vertex_fault(method="GetBatchPredictionJob", error={"code": "NOT_FOUND"})
_CASES: dict[Key, Case] = {
    ("submit_job", "list", "inbox"): Case(then=forgotten, outcome="rejected"),
    ("submit_job", "get", "state"): Case(stops=False),
    ("submit_job", "update", "state"): Case(stops=False),
    ("submit_job", "create", "project"): Case(seen="PERMISSION_DENIED"),
    ("poll_jobs", "get", "inbox"): _BY_THE_POLL,
    ("poll_jobs", "list", "inbox"): Case(
        also=(_STAGES,), after=_gone, outcome="rejected"
    ),
    ("poll_jobs", "update", "state"): Case(
        also=(("submit_job", "update", "state"),), stops=False
    ),
    ("poll_jobs", "create", "work"): _BY_THE_POLL,
    ("poll_jobs", "get", "work"): _BY_THE_POLL,
    ("poll_jobs", "list", "work"): _BY_THE_POLL,
    ("poll_jobs", "list", "results"): Case(then=_LOST, outcome="failed"),
    ("poll_jobs", "create", "project"): Case(
        also=(("submit_job", "create", "project"),), seen="PERMISSION_DENIED"
    ),
    ("poll_jobs", "cancel", "project"): Case(
        content=ROW * 10, after=_twin, seen="twin_not_cancelled", stops=False
    ),
    ("trigger", "receiveEvent", "project"): Case(
        seen="the trigger's account has no eventarc.events.receiveEvent"
    ),
    ("trigger", "invoke", "submit_job_service"): Case(seen="the function answered 403"),
    ("scheduler", "invoke", "poll_jobs_service"): Case(
        seen="dropbatch-poll-jobs: the function answered 403"
    ),
}
# One of each kind for every run.
_ALWAYS: tuple[Key, ...] = (
    ("submit_job", "list", "inbox"),
    ("submit_job", "delete", "state"),
    ("submit_job", "create", "project"),
    ("poll_jobs", "create", "work"),
    ("poll_jobs", "list", "results"),
    ("poll_jobs", "publish", "topic"),
    ("trigger", "receiveEvent", "project"),
    ("scheduler", "invoke", "poll_jobs_service"),
)


def key_of(right: Right) -> Key:
    role, place = _ROLES[right.account], _PLACES[right.resource]
    return role, right.permission.rpartition(".")[2], place


RIGHTS = {
    key_of(right): right
    for right in read_grants(REPOSITORY, _DEPLOYMENT).rights
    if right.account in _ROLES
}


@dataclass
class _Told(logging.Handler):
    """
    What the cloud itself says of its calls.
    """

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    __hash__ = logging.Handler.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GrantedCloud]:
    logger = logging.getLogger("localcloud.pipeline")
    folder = tmp_path_factory.mktemp("each-grant") / "data"
    with granted_cloud(folder) as running:
        told = _Told(running.lines)
        level = logger.level
        logger.addHandler(told)
        logger.setLevel(logging.INFO)
        try:
            yield running
        finally:
            logger.removeHandler(told)
            logger.setLevel(level)


def test_every_case_is_a_grant() -> None:
    assert set(_CASES) | set(_ALWAYS) <= set(RIGHTS)


@pytest.mark.parametrize(
    "key",
    sorted(RIGHTS if os.environ.get("EACH_GRANT") else _ALWAYS),
    ids=" ".join,
)
def test_without_a_grant_something_stops_and_goes_on_once_it_is_given(
    cloud: GrantedCloud, key: Key
) -> None:
    """
    Whoever lacks it is refused, and that is logged; the drop waits, or only what was
    refused is left undone; afterwards it ends as it would have, with one job.
    """
    case, right = _CASES.get(key, _PLAIN), RIGHTS[key]
    cloud.clear()
    # The second event of a drop finds it claimed, and reads its record.
    cloud.disturb(delay_seconds=[0.1, 0.1], copies=1)
    with cloud.without(right, *(RIGHTS[other] for other in case.also)):
        del cloud.lines[:]
        drop = cloud.drop(f"demo/{' '.join(key)}.jsonl", case.content, then=case.then)
        case.after(cloud, drop)
        cloud.until(lambda: right in cloud.permits.refused)
        cloud.until(lambda: any(case.seen in line for line in cloud.lines))
        assert not case.stops or cloud.record(drop).get("state") != "published"

    assert cloud.outcome(drop) == case.outcome
    assert len(cloud.jobs(drop)) == (0 if case.outcome == "rejected" else 1)
