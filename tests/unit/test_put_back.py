"""What setting a drop aside leaves behind, and what putting it back takes away."""

import contextlib
import json

import pytest

from shared.errors import RefusedError, ServiceError
from shared.records import State
from shared.setting_aside import RequeueError, put_back
from tests.fakes import FakeCloud
from tests.faults import Crash
from tests.moments import (
    at_call,
    fail_at,
    fail_every,
    message,
    number_of,
    record,
    requeue,
    the_job,
)


def set_aside() -> tuple[FakeCloud, str]:
    """A drop that was set aside at the first error, and told of in the same tick."""
    cloud = FakeCloud(set_aside_tries="1")
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.poisoned.add(the_job(cloud).name)
    cloud.batches.finish()
    cloud.poll()
    return cloud, drop.drop_id


def test_who_sets_a_drop_aside_tells_of_it_at_once() -> None:
    """Others wait for the lease of the word to be over; who froze it does not."""
    cloud, _ = set_aside()

    assert message(cloud)["reason"] == "set_aside"


def test_the_polls_after_a_drop_was_put_back_go_on_with_it() -> None:
    """A lease that was left in its record would have polls wait for nobody."""
    cloud = FakeCloud(set_aside_tries="1")
    drop = cloud.drop()
    cloud.faults.crash_before = number_of("objects.stream inbox")
    with pytest.raises(Crash):
        cloud.submit(drop)
    cloud.faults.crash_before = None
    cloud.wait(cloud.settings.claim_lease_seconds)
    stream = cloud.objects.stream
    cloud.objects.stream = broken  # type: ignore[method-assign,assignment]  # a bug
    with pytest.raises(ValueError, match="a bug"):
        cloud.poll()
    cloud.objects.stream = stream  # type: ignore[method-assign]  # mended
    assert record(cloud, drop.drop_id).state is State.SET_ASIDE

    requeue(cloud, drop.drop_id)
    cloud.poll()
    cloud.poll()

    assert len(cloud.batches.requests) == 1


def broken(*_: object) -> None:
    raise ValueError("a bug")


def test_a_drop_that_was_put_back_can_not_be_put_back_again() -> None:
    cloud, drop_id = set_aside()
    requeue(cloud, drop_id)

    assert record(cloud, drop_id).set_aside_from is None
    with pytest.raises(RequeueError, match="is not set aside: it is submitted"):
        requeue(cloud, drop_id)


def test_a_drop_that_has_ended_is_refused_with_its_end() -> None:
    cloud, drop_id = set_aside()
    cloud.batches.poisoned.clear()
    requeue(cloud, drop_id)
    cloud.poll()
    cloud.poll()

    with pytest.raises(RequeueError, match="is not set aside: it has ended, completed"):
        requeue(cloud, drop_id)


def test_a_record_that_does_not_say_where_it_was_is_left_alone() -> None:
    cloud, drop_id = set_aside()
    ledger = cloud.ledger()
    entry = ledger.read(drop_id)
    assert entry
    ledger.move(entry, set_aside_from=None)

    with pytest.raises(RequeueError, match=drop_id):
        put_back(ledger, cloud.markers(), drop_id, now=cloud.time)

    assert record(cloud, drop_id).state is State.SET_ASIDE


def test_a_poll_that_sees_it_next_does_not_wait_for_old_advice() -> None:
    """The marker says at once that the drop goes on, as the record does."""
    cloud, drop_id = set_aside()
    cloud.batches.poisoned.clear()

    requeue(cloud, drop_id)
    cloud.poll()

    assert message(cloud)["outcome"] == "completed"


def failures(lines: pytest.CaptureFixture[str]) -> list[int | None]:
    told = [json.loads(line) for line in lines.readouterr().out.splitlines()]
    return [line.get("failures") for line in told if line["event"] == "drive_failed"]


def test_each_failure_is_told_of_with_its_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The last one, which sets the drop aside, too."""
    cloud = FakeCloud(set_aside_tries="3")
    drop = cloud.drop()
    cloud.submit(drop)
    cloud.batches.poisoned.add(the_job(cloud).name)
    cloud.batches.finish()

    for _ in range(3):
        cloud.poll()
        cloud.wait(cloud.settings.hold_max_seconds)

    assert failures(capsys) == [1, 2, 3]
    assert record(cloud, drop.drop_id).state is State.SET_ASIDE


def test_so_is_each_of_one_that_can_not_be_staged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud(set_aside_tries="3")
    drop = cloud.drop()
    fail_every(cloud, "objects.copy work", RefusedError("400"))
    with contextlib.suppress(RefusedError):
        cloud.submit(drop)

    for _ in range(3):
        cloud.wait(cloud.settings.hold_max_seconds)
        cloud.poll()

    assert failures(capsys) == [1, 2, 3]
    assert record(cloud, drop.drop_id).state is State.SET_ASIDE


def test_a_failure_of_a_drop_without_a_record_is_not_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    route = cloud.settings.routes.match(drop.name)
    assert route
    cloud.markers().mark(drop, route)
    fail_at(cloud, "objects.write state", ServiceError("503"))

    cloud.poll()

    assert failures(capsys) == [None]


def test_a_drop_whose_word_is_just_going_out_is_not_put_back_yet() -> None:
    """Whoever publishes it would find the record moved on, and tell it again."""
    cloud = FakeCloud(set_aside_tries="1")
    cloud.submit(cloud.drop())
    cloud.batches.poisoned = set(cloud.batches.jobs)
    refused: list[str] = []

    def put_back_now() -> None:
        (marker,) = cloud.open()
        with pytest.raises(RequeueError) as told:
            requeue(cloud, marker.rpartition("/")[2])
        refused.append(str(told.value))

    cloud.batches.finish()
    at_call(cloud, "announcements.publish", put_back_now)
    cloud.poll()

    assert "is being announced as late: try again in a minute" in refused[0]
