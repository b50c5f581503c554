"""The queue of a route: who waits, who goes first, and what is not read meanwhile."""

from collections.abc import Callable

import pytest

from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import at_call, record, settled, unanswered
from tests.unit.heads import created
from tests.unit.queued import ROUTES, exhausted, is_held, queued


def test_what_comes_behind_a_held_drop_waits_unasked() -> None:
    cloud, ids = queued("in/a.jsonl", "in/b.jsonl")
    tries = [record(cloud, each).hold_tries for each in ids]
    cloud.batches.answer = None

    late = cloud.drop(name="in/c.jsonl")
    cloud.submit(late)
    assert created(cloud) == []
    cloud.poll()

    assert tries == [1, 0]
    assert created(cloud) == [*ids, late.drop_id]


def test_another_route_is_not_held_up() -> None:
    cloud, _ = queued("in/a.jsonl")
    cloud.batches.answer = None

    cloud.submit(cloud.drop(name="other/a.jsonl"))

    assert len(cloud.batches.requests) == 1


def test_a_route_whose_queue_is_empty_again_makes_jobs_at_once() -> None:
    cloud, _ = queued("in/a.jsonl")
    cloud.batches.answer = None
    cloud.poll()
    assert not is_held(cloud, "in/")

    cloud.submit(cloud.drop(name="in/b.jsonl"))

    assert len(cloud.batches.requests) == 2


def test_a_death_that_leaves_a_stale_word_costs_the_next_drop_one_poll() -> None:
    cloud = FakeCloud(routes=ROUTES)
    cloud.batches.answer = exhausted
    told = "objects.write state"

    def die_next() -> None:
        # The record of what is held comes right after the word.
        cloud.faults.crash_before = len(cloud.faults.calls)

    at_call(cloud, "batches.create", lambda: at_call(cloud, told, die_next))
    with pytest.raises(Crash):
        cloud.submit(cloud.drop(name="in/a.jsonl"))
    cloud.batches.answer = None
    assert is_held(cloud, "in/")

    second = cloud.drop(name="in/b.jsonl")
    cloud.submit(second)
    assert created(cloud) == []
    cloud.poll()

    assert created(cloud) == [second.drop_id]
    assert not is_held(cloud, "in/")


def test_the_first_that_is_not_due_keeps_all_behind_it_unread() -> None:
    cloud, ids = queued("in/a.jsonl", "in/b.jsonl", "in/c.jsonl")
    cloud.poll()
    assert cloud.faults.calls.count("batches.create") == 1
    cloud.faults.calls.clear()

    cloud.poll()

    # The markers, and the note of the route.
    assert cloud.faults.calls == ["objects.list state", "objects.read state"]
    assert record(cloud, ids[0]).hold_tries == 2


def test_of_a_route_that_is_switched_off_nothing_is_read() -> None:
    cloud, _ = queued("in/a.jsonl", "in/b.jsonl")
    cloud.change(routes=ROUTES.replace('"m"}', '"m", "enabled": false}', 1))
    cloud.batches.answer = None

    cloud.wait(1800)
    cloud.poll()
    assert cloud.faults.calls == ["objects.list state", "objects.read state"]

    cloud.change(routes=ROUTES)
    cloud.poll()
    assert len(cloud.batches.requests) == 2


@pytest.mark.parametrize("ended", [False, True])
def test_a_job_that_comes_to_light_while_its_drop_is_held_is_adopted(
    ended: bool,
) -> None:
    """The settling time was too short, and the queue long."""
    cloud = FakeCloud(routes=ROUTES)
    drop = unanswered(cloud)
    cloud.batches.hidden.update(cloud.batches.jobs)
    cloud.wait(settled(cloud) + 1)
    cloud.poll()
    assert record(cloud, drop.drop_id).state == "held"

    cloud.batches.hidden.clear()
    if ended:
        # It is in no list of what is active, so it is looked for before a create.
        cloud.batches.finish()
    else:
        cloud.change(routes=ROUTES.replace('"m"}', '"m", "enabled": false}', 1))
    cloud.poll()

    assert record(cloud, drop.drop_id).state == "submitted"
    assert len(cloud.batches.jobs) == 1


def test_a_marker_says_held_of_no_drop_that_may_have_a_job() -> None:
    """Nobody reads it while its route waits, and somebody must follow the job."""
    cloud, ids = queued("in/a.jsonl")
    cloud.batches.answer = None
    cloud.faults.on_call = _die_after("batches.create", cloud)
    with pytest.raises(Crash):
        cloud.poll()
    cloud.faults.crash_after = None
    cloud.change(routes=ROUTES.replace('"m"}', '"m", "enabled": false}', 1))

    cloud.wait(settled(cloud) + 1)
    cloud.poll()

    assert record(cloud, ids[0]).state == "submitted"


def _die_after(name: str, cloud: FakeCloud) -> Callable[[str], None]:
    def on_call(called: str) -> None:
        if called == name:
            cloud.faults.crash_after = len(cloud.faults.calls) - 1

    return on_call
