"""
What the real functions print, served by the real framework, when each of the things
happens that they have a word for.
"""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared import wiring
from shared.errors import (
    CreateHeldError,
    CreateRefusedError,
    ServiceError,
)
from shared.jobs import JobState
from shared.ledger import record_name
from shared.route_notes import note_name
from tests.fakes import ROW
from tests.moments import at_call, fail_at, settled, the_job
from tests.operation import late_drops
from tests.operation.inbox_lines import LOOKS
from tests.operation.served import Served

Line = dict[str, Any]


def runs_through(served: Served) -> None:
    served.poll()
    served.drop()
    served.poll(10)
    served.cloud.batches.finish()
    served.poll(60)


def some_rows_have_no_answer(served: Served) -> None:
    served.drop(content=ROW * 3)
    served.cloud.batches.finish(successful=1, failed=1)
    served.poll(60)


def is_no_drop(served: Served) -> None:
    for name in ("in/", "in/a.txt", "elsewhere/a.jsonl"):
        served.drop(name)


def is_no_event_of_ours(served: Served) -> None:
    served.deliver(served.cloud.drop(), bucket="work")


def is_held(served: Served) -> None:
    served.drop("off/a.jsonl")
    served.cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    served.drop()
    served.poll(1)


def has_no_note_of_its_route(served: Served) -> None:
    name = note_name("in/")
    served.cloud.objects.put("state", name, b"{")
    served.drop()
    served.poll(1)
    served.cloud.objects.put("state", name, b'{"schema": 2}')
    served.drop()


def is_refused(served: Served) -> None:
    served.cloud.batches.answer = lambda: CreateRefusedError("NOT_FOUND", "no model")
    served.drop()
    served.poll(1)


def is_adopted(served: Served) -> None:
    _doubt(served)
    served.poll(settled(served.cloud) + 1)


def has_a_twin(served: Served) -> None:
    _doubt(served)
    served.cloud.batches.hidden.update(served.cloud.batches.jobs)
    served.poll(settled(served.cloud) + 1)
    served.poll(1)
    served.cloud.batches.hidden.clear()
    _fail(served, "batches.cancel")
    served.poll(1)
    served.poll(1)


def has_a_twin_that_ended(served: Served) -> None:
    _doubt(served)
    served.cloud.batches.make_again()
    served.cloud.batches.finish()
    served.poll(settled(served.cloud) + 1)


def is_asked_for_too_late(served: Served) -> None:
    cloud = served.cloud
    staged = f"objects.copy {cloud.settings.work_bucket}"

    def freeze() -> None:
        at_call(
            cloud,
            "objects.write state",
            lambda: cloud.wait(cloud.settings.create_deadline_seconds),
        )

    at_call(cloud, staged, freeze)
    served.drop()


def is_taken_over(served: Served) -> None:
    def sleep() -> None:
        served.poll(served.cloud.settings.claim_lease_seconds + 1)

    at_call(served.cloud, "objects.copy work", sleep)
    served.drop()


def has_a_record_of_newer_code(served: Served) -> None:
    drop = served.drop()
    name = record_name(drop.drop_id)
    record = served.cloud.objects.content("state", name)
    served.cloud.objects.put(
        "state", name, record.replace(b'"schema":2', b'"schema":3')
    )
    served.cloud.batches.finish()
    served.poll(1)


def is_not_listed(served: Served) -> None:
    served.drop()
    _fail(served, "batches.active")
    served.poll(1)


def is_not_advised(served: Served) -> None:
    _fail(served, "objects.annotate state")
    served.drop()


def has_a_marker_that_is_none(served: Served) -> None:
    served.cloud.objects.put("state", "open/x/by-hand", b"")
    served.poll(1)


def has_a_job_that_is_gone(served: Served) -> None:
    served.drop()
    served.cloud.batches.jobs.clear()
    served.poll(1)
    served.poll(1)
    served.poll(served.cloud.settings.job_lost_seconds)


def has_a_job_that_waits(served: Served) -> None:
    served.drop()
    served.cloud.batches.move(the_job(served.cloud).name, JobState.PAUSED)
    served.poll(1)
    served.cloud.batches.move(the_job(served.cloud).name, JobState.UNKNOWN)
    served.poll(1)


HAPPENINGS: tuple[Callable[[Served], None], ...] = (
    runs_through,
    some_rows_have_no_answer,
    is_no_drop,
    is_no_event_of_ours,
    is_held,
    has_no_note_of_its_route,
    is_refused,
    is_adopted,
    has_a_twin,
    has_a_twin_that_ended,
    is_asked_for_too_late,
    is_taken_over,
    has_a_record_of_newer_code,
    is_not_listed,
    is_not_advised,
    has_a_marker_that_is_none,
    has_a_job_that_is_gone,
    has_a_job_that_waits,
    *LOOKS,
    *late_drops.HAPPENINGS,
)


def real_lines() -> Iterator[Line]:
    """Every line that was printed while all of it happened, each in a new cloud."""
    for happen in HAPPENINGS:
        printed = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
            happen(Served(patch))
        wiring._settings.cache_clear()
        for line in printed.getvalue().splitlines():
            yield json.loads(line)


def _doubt(served: Served) -> None:
    """A create makes a job, and nobody hears of it."""
    served.cloud.batches.create_unknown_with_job = True
    served.drop()
    served.cloud.batches.create_unknown_with_job = False


def _fail(served: Served, call: str) -> None:
    """Have the next outward call of that name fail, once."""
    fail_at(served.cloud, call, ServiceError("away"))
