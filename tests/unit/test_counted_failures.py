"""Which failures count against a drop, and what a failure to count stops: nothing."""

import contextlib
import random
from datetime import timedelta

import pytest

from shared.errors import RefusedError, ServiceError
from shared.ledger import record_name
from shared.records import State
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import (
    fail_every,
    message,
    number_of,
    record,
    requeue,
    the_job,
    unanswered,
)

TRIES = 3


def polled(cloud: FakeCloud, hours: float) -> None:
    """Poll every five minutes; a tick may raise a bug, or find no markers, or die."""
    for _ in range(round(hours * 12)):
        cloud.wait(300)
        with contextlib.suppress(ValueError, ServiceError, Crash):
            cloud.poll()


def is_set_aside(cloud: FakeCloud, drop_id: str) -> bool:
    found = record(cloud, drop_id).state is State.SET_ASIDE
    return found and message(cloud)["reason"] == "set_aside"


def test_a_create_that_raises_a_bug_each_time_is_set_aside_after_some_tries() -> None:
    """Between two tries the drop is in doubt, and held, which is no progress."""
    cloud = FakeCloud(set_aside_tries=str(TRIES))
    cloud.batches.answer = lambda: ValueError("a bug")
    drop = cloud.drop()
    with pytest.raises(ValueError, match="a bug"):
        cloud.submit(drop)

    polled(cloud, hours=3)

    assert is_set_aside(cloud, drop.drop_id)
    # The first was its handler's, where nobody counts.
    assert cloud.faults.calls.count("batches.create") <= TRIES + 1


def test_a_check_that_kills_its_process_each_time_is_set_aside_after_some_tries() -> (
    None
):
    cloud = FakeCloud(set_aside_tries=str(TRIES))
    fail_every(cloud, "objects.stream inbox", Crash())
    drop = cloud.drop()
    with pytest.raises(Crash):
        cloud.submit(drop)

    polled(cloud, hours=2)

    assert is_set_aside(cloud, drop.drop_id)
    assert cloud.faults.calls.count("objects.stream inbox") <= TRIES + 1


def test_a_folder_that_kills_its_process_each_time_is_set_aside_after_some_tries() -> (
    None
):
    """And told of; put back, with what killed them gone, it is announced once."""
    cloud = FakeCloud(set_aside_tries=str(TRIES))
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.finish()
    fail_every(cloud, "objects.write results", Crash())

    polled(cloud, hours=1)

    assert is_set_aside(cloud, drop.drop_id)
    # The first was the poll's that saw the end, which nobody had to take over.
    assert cloud.faults.calls.count("objects.write results") == TRIES + 1
    cloud.faults.on_call = lambda _: None
    requeue(cloud, drop.drop_id)
    cloud.until_quiet()
    assert message(cloud)["outcome"] == "completed"
    assert len(cloud.announcements.published) == 2


@pytest.mark.parametrize("seed", range(3))
def test_an_outage_in_which_counts_are_lost_as_well_sets_nothing_aside(
    seed: int,
) -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.finish()
    drawn = random.Random(seed)

    def fail(call: str) -> None:
        if call == "objects.write results":
            raise ServiceError("503")
        if call.startswith("objects.") and drawn.random() < 0.3:
            raise ServiceError("503")

    cloud.faults.on_call = fail
    polled(cloud, hours=24)
    cloud.faults.on_call = lambda _: None

    assert record(cloud, drop.drop_id).state is State.PUBLISHING
    assert record(cloud, drop.drop_id).failures == 0


def test_polls_that_are_overtaken_while_they_write_set_nothing_aside() -> None:
    """Each has lost the lease when its write comes to an error that may pass."""
    cloud = FakeCloud(set_aside_tries=str(TRIES))
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.finish()
    overtaken = [0]

    def fail(call: str) -> None:
        if call != "objects.write results":
            return
        overtaken[0] += 1
        if overtaken[0] % 2:
            cloud.wait(cloud.settings.publish_lease_seconds + 1)
            cloud.poll()
        raise ServiceError("503")

    cloud.faults.on_call = fail
    polled(cloud, hours=6)

    found = record(cloud, drop.drop_id)
    assert overtaken[0] > 4 * TRIES
    assert (found.state, found.failures) == (State.PUBLISHING, 0)


def test_one_failure_after_many_that_may_pass_sets_nothing_aside() -> None:
    cloud = FakeCloud(set_aside_tries=str(TRIES))
    cloud.submit(cloud.drop())
    cloud.batches.finish()
    errors = iter([*[ServiceError("503")] * (TRIES + 2), RefusedError("400")])

    def fail(call: str) -> None:
        if call == "batches.get" and (error := next(errors, None)):
            raise error

    cloud.faults.on_call = fail
    polled(cloud, hours=2)

    assert len(cloud.announcements.published) == 1
    assert message(cloud)["outcome"] == "completed"


def test_a_failure_that_can_not_be_counted_stops_none_of_the_drops_behind() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(name="in/poison.jsonl"))
    cloud.batches.poisoned.add(the_job(cloud).name)
    cloud.wait(1)
    behind = cloud.drop(name="in/behind.jsonl")
    cloud.submit(behind)
    cloud.batches.finish()
    untold = ValueError("an error that nobody translates")
    fail_every(cloud, "objects.annotate state", untold)
    with pytest.raises(ValueError, match="nobody translates"):
        cloud.poll()

    assert message(cloud)["drop"]["id"] == behind.drop_id


def test_a_take_over_that_comes_to_an_end_counts_for_nothing() -> None:
    cloud = FakeCloud()
    cloud.faults.crash_before = number_of("objects.stream inbox")
    drop = cloud.drop()
    with pytest.raises(Crash):
        cloud.submit(drop)
    cloud.faults.crash_before = None
    cloud.wait(cloud.settings.claim_lease_seconds + 1)

    cloud.poll()

    found = record(cloud, drop.drop_id)
    assert (found.state, found.take_overs, found.retry_at) == (State.HELD, 0, None)


def test_a_take_over_that_fails_counts_once() -> None:
    cloud = FakeCloud()
    fail_every(cloud, "objects.stream inbox", ValueError("a bug"))
    drop = cloud.drop()
    with pytest.raises(ValueError, match="a bug"):
        cloud.submit(drop)

    for tries in (1, 2, 3):
        cloud.wait(cloud.settings.claim_lease_seconds + cloud.settings.hold_max_seconds)
        with pytest.raises(ValueError, match="a bug"):
            cloud.poll()
        found = record(cloud, drop.drop_id)
        assert (found.failures, found.take_overs) == (tries, 0)


def test_a_record_that_nobody_can_read_is_not_read_in_each_tick() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.objects.put("state", record_name(drop.drop_id), b"{")
    cloud.batches.finish()
    cloud.poll()
    cloud.faults.calls.clear()

    for _ in range(9):
        cloud.wait(60)
        cloud.poll()

    assert "objects.read state" not in cloud.faults.calls


@pytest.mark.parametrize(("seconds", "failures"), [(-1, 0), (1, 1)])
def test_nothing_is_counted_while_the_call_that_was_begun_may_be_under_way(
    seconds: int, failures: int
) -> None:
    """It may have begun right before its deadline, and then has its time-out."""
    cloud = FakeCloud()
    drop = unanswered(cloud)
    deadline = record(cloud, drop.drop_id).create_deadline
    assert deadline
    timeout = cloud.settings.time("create_timeout")
    cloud.time = deadline + timeout + timedelta(seconds=seconds)

    cloud.polling().setting_aside.count(drop.drop_id, RefusedError("400"))

    assert record(cloud, drop.drop_id).failures == failures
