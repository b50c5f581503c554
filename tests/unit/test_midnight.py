"""Rows are asked for in the day in which they count, or wait for the next."""

import contextlib
import io
import json
from collections import Counter

import pytest

from tests.fakes import ROW, FakeCloud

_NOON_TO_MIDNIGHT = 12 * 3600


def a_route_of_two_rows_a_day() -> FakeCloud:
    route = {"prefix": "in/", "model": "m", "limits": {"rows_per_day": 2}}
    return FakeCloud(routes=json.dumps([route]))


def calls_of_a_poll() -> list[str]:
    cloud = a_route_of_two_rows_a_day()
    with contextlib.redirect_stdout(io.StringIO()):
        cloud.submit(cloud.drop(ROW * 2))
        cloud.faults.calls.clear()
        cloud.poll()
    return cloud.faults.calls


# The create itself takes as long as it takes.
NUMBERS = [n for n, call in enumerate(calls_of_a_poll()) if call != "batches.create"]


@pytest.mark.parametrize("number", NUMBERS)
def test_midnight_at_any_call_lets_no_day_have_more(number: int) -> None:
    cloud = a_route_of_two_rows_a_day()
    cloud.wait(_NOON_TO_MIDNIGHT - 30)
    for name in ("in/a.jsonl", "in/b.jsonl"):
        cloud.submit(cloud.drop(ROW * 2, name))
        cloud.wait(1)
    comes = len(cloud.faults.calls) + number

    def late(_: str) -> None:
        if len(cloud.faults.calls) == comes + 1:
            cloud.wait(40)

    cloud.faults.on_call = late
    cloud.poll()
    cloud.until_quiet(seconds=3000)

    rows: Counter[object] = Counter()
    for job in cloud.batches.jobs.values():
        rows[job.created_at.date()] += 2
    assert sorted(rows.values()) == [2, 2], number
