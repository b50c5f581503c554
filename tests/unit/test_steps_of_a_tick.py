"""The three steps of a tick, in either order: each has its share of the time."""

import pytest

from tests.fakes import FakeCloud
from tests.lots import drawing
from tests.unit.hanging import submitted
from tests.unit.queued import hold

_HELD = 30
_DUE = 30


def busy(*, strays: int) -> FakeCloud:
    """Second jobs of a drop that has ended, held drops, and jobs that have ended."""
    cloud = FakeCloud()
    submitted(cloud, ["in/ended.jsonl"])
    again = cloud.batches.requests[-1]
    cloud.batches.finish()
    cloud.poll()
    submitted(cloud, [f"in/{number}.jsonl" for number in range(_DUE)])
    cloud.batches.finish()
    hold(cloud, [f"in/held-{number}.jsonl" for number in range(_HELD)])
    for _ in range(strays):
        cloud.batches.create(again)
    return cloud


@pytest.mark.parametrize(
    ("order", "strays", "seconds", "made"),
    [
        # Drives have two thirds of 150 seconds, then each what is left, or a third.
        (1, 9, 10, {"get": 10, "create": 5, "cancel": 5}),
        (1, 0, 10, {"get": 10, "create": 5}),
        (1, 9, 40, {"get": 3, "create": 2, "cancel": 2}),
        # Turned round, drives have what is left, or a third.
        (0, 9, 10, {"get": 5, "create": 5, "cancel": 5}),
        (0, 0, 10, {"get": 10, "create": 5}),
        (0, 9, 40, {"get": 2, "create": 2, "cancel": 2}),
    ],
)
def test_each_step_has_its_share_however_long_those_before_it_took(
    order: int, strays: int, seconds: int, made: dict[str, int]
) -> None:
    cloud = busy(strays=strays)
    cloud.faults.calls.clear()

    def on_call(called: str) -> None:
        if called.partition(".")[2] in ("get", "create", "cancel"):
            cloud.wait(seconds)

    cloud.faults.on_call = on_call
    with drawing(order):
        told = cloud.poll()

    names = [call.partition(".")[2] for call in cloud.faults.calls]
    found = {name: names.count(name) for name in ("get", "create", "cancel")}
    assert {name: count for name, count in found.items() if count} == made
    assert told.moved == made["get"] + made["create"]
    assert told.left == _HELD + _DUE - told.moved


def test_turned_round_it_leaves_no_drop_that_it_has_drained() -> None:
    """It was not left for want of time."""
    cloud = FakeCloud()
    hold(cloud, ["in/a.jsonl"])
    cloud.wait(3600)

    with drawing(0):
        told = cloud.poll()

    assert (told.moved, told.left) == (1, 0)
