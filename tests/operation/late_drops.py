"""
What happens to drops that take too long or fail every time, and to jobs that are left
over.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.errors import RefusedError
from shared.jobs import Job
from tests.moments import requeue
from tests.operation.served import Served


def is_late(served: Served) -> None:
    drop = served.drop()
    route = served.cloud.settings.routes.match(drop.name)
    assert route
    served.poll(route.limits.queue_seconds + 1)


def is_set_aside_and_put_back(served: Served) -> None:
    drop = served.drop()
    served.cloud.batches.finish()
    with _every_get_refused(served):
        for _ in range(served.cloud.settings.set_aside_tries):
            served.poll(served.cloud.settings.hold_max_seconds)
    requeue(served.cloud, drop.drop_id)
    served.poll(1)


def has_left_a_job_behind(served: Served) -> None:
    served.drop()
    for name in served.cloud.objects.names("state"):
        served.cloud.objects.remove("state", name)
    # Jobs are listed only where a drop waits for one.
    served.drop("in/b.jsonl")
    served.poll(1)


@contextmanager
def _every_get_refused(served: Served) -> Iterator[None]:
    batches = served.cloud.batches

    def refuse(name: str) -> Job:
        raise RefusedError(f"400 for {name}")

    batches.get = refuse  # type: ignore[method-assign]  # the fault that is played
    yield
    del batches.get


HAPPENINGS: tuple[Callable[[Served], None], ...] = (
    is_late,
    is_set_aside_and_put_back,
    has_left_a_job_behind,
)
