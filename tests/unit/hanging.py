"""Calls that hang for a minute, and the polls beside them."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from shared.drops import Drop
from shared.errors import CreateUnknownError, ServiceError
from shared.jobs import JobRequest
from shared.records import State
from tests.fakes import FakeCloud
from tests.moments import record

_HANGS_SECONDS = 60
# What is asked of Vertex AI but the end of a job.
ALL = ("active", "find", "get", "create")


def hang(cloud: FakeCloud, *calls: str) -> None:
    """Have these calls take a minute, and fail."""

    def on_call(called: str) -> None:
        if called not in calls:
            return
        cloud.wait(_HANGS_SECONDS)
        if called == "batches.create":
            raise CreateUnknownError("DEADLINE_EXCEEDED", "no answer")
        raise ServiceError("no answer")

    cloud.faults.on_call = on_call


def hang_where(cloud: FakeCloud, is_away: Callable[[str], bool], *calls: str) -> None:
    """Have these calls of Vertex AI do so where a location, or a job, is away."""
    for name in calls:
        real = getattr(cloud.batches, name)

        def ask(what: Any, *more: str, real: Callable[..., Any] = real) -> Any:
            where = what.location if isinstance(what, JobRequest) else what
            if not is_away(where):
                return real(what, *more)
            cloud.wait(_HANGS_SECONDS)
            if isinstance(what, JobRequest):
                raise CreateUnknownError("DEADLINE_EXCEEDED", "no answer")
            raise ServiceError("no answer")

        setattr(cloud.batches, name, ask)


def tick(cloud: FakeCloud, times: int = 1) -> None:
    """One a minute, or as soon as the last is over."""
    for _ in range(times):
        begun = cloud.time
        cloud.poll()
        cloud.time = max(cloud.time, begun + timedelta(minutes=1))


def bad(cloud: FakeCloud, name: str) -> Drop:
    """A file that is rejected: nothing but a poll stands between it and its end."""
    drop = cloud.drop(b"{}\n", name=name)
    cloud.submit(drop)
    return drop


def is_out(cloud: FakeCloud, drop: Drop) -> bool:
    return record(cloud, drop.drop_id).state is State.PUBLISHED


def submitted(cloud: FakeCloud, names: Iterable[str]) -> None:
    """Events that come at the same time, to processes of their own."""
    for name in names:
        begun = cloud.time
        cloud.submit(cloud.drop(name=name))
        cloud.time = begun + timedelta(seconds=1)
