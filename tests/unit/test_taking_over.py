"""What was left half way, and a poll goes on with: nobody else does meanwhile."""

import json

import pytest

from shared.drops import Drop
from shared.records import State
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import at_call, fail_at, record


def left_while_it_was_read() -> tuple[FakeCloud, Drop]:
    cloud = FakeCloud()
    drop = cloud.drop()
    fail_at(cloud, "objects.stream inbox", Crash())
    with pytest.raises(Crash):
        cloud.submit(drop)
    cloud.wait(cloud.settings.claim_lease_seconds)
    return cloud, drop


def held_for_longer_than_copies_are_kept() -> tuple[FakeCloud, Drop]:
    route = {"prefix": "in/", "model": "m"}
    cloud = FakeCloud(routes=json.dumps([{**route, "enabled": False}]))
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.objects.remove("work", f"{drop.drop_id}/s0a1.jsonl", for_ever=True)
    cloud.change(routes=json.dumps([route]))
    return cloud, drop


@pytest.mark.parametrize(
    "left", [left_while_it_was_read, held_for_longer_than_copies_are_kept]
)
def test_what_one_poll_has_taken_over_another_leaves_alone(left: object) -> None:
    assert callable(left)
    cloud, drop = left()
    found: list[tuple[State, list[str]]] = []

    def poll_beside() -> None:
        state, before = record(cloud, drop.drop_id).state, len(cloud.faults.calls)
        cloud.poll()
        streams = [c for c in cloud.faults.calls[before:] if "stream" in c]
        found.append((state, streams))

    at_call(cloud, "objects.stream inbox", poll_beside)
    cloud.poll()

    assert found == [(State.CLAIMED, [])]
    cloud.until_quiet()
    assert len(cloud.batches.requests) == 1
