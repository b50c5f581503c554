"""Rows are asked for in the day in which they count, or wait for the next."""

import contextlib
import io
import json
from collections import Counter

import pytest

from shared.drops import Drop
from tests.fakes import ROW, FakeCloud

_NOON_TO_MIDNIGHT = 12 * 3600


def before_midnight() -> tuple[FakeCloud, list[Drop]]:
    """Two files of two rows each, on a route that may have two a day."""
    route = {"prefix": "in/", "model": "m", "limits": {"rows_per_day": 2}}
    cloud = FakeCloud(routes=json.dumps([route]))
    cloud.wait(_NOON_TO_MIDNIGHT - 30)
    with contextlib.redirect_stdout(io.StringIO()):
        drops = []
        for name in ("in/a.jsonl", "in/b.jsonl"):
            drops.append(cloud.drop(ROW * 2, name))
            cloud.submit(drops[-1])
            cloud.wait(1)
    cloud.faults.calls.clear()
    return cloud, drops


def calls_of_a_poll() -> list[str]:
    cloud, _ = before_midnight()
    with contextlib.redirect_stdout(io.StringIO()):
        cloud.poll()
    return cloud.faults.calls


# The create itself takes as long as it takes.
NUMBERS = [n for n, call in enumerate(calls_of_a_poll()) if call != "batches.create"]


@pytest.mark.parametrize("number", NUMBERS)
def test_midnight_at_any_call_lets_no_day_have_more(number: int) -> None:
    cloud, drops = before_midnight()

    def late(_: str) -> None:
        if len(cloud.faults.calls) == number + 1:
            cloud.wait(40)

    cloud.faults.on_call = late
    cloud.poll()
    cloud.until_quiet(seconds=3000)

    # Who came first is first still.
    inputs = [request.input_uri.split("/")[3] for request in cloud.batches.requests]
    assert inputs == [drop.drop_id for drop in drops]
    said = [json.loads(data) for data, _ in cloud.announcements.published]
    assert [each["warnings"] for each in said] == [[], []]
    rows: Counter[object] = Counter()
    for job in cloud.batches.jobs.values():
        rows[job.created_at.date()] += 2
    assert sorted(rows.values()) == [2, 2]
