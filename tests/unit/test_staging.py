"""A file that can not be read, or staged, as it should: what becomes of its drop."""

import json
from dataclasses import replace

import pytest

from shared.errors import (
    CreateHeldError,
    MissingError,
    RefusedError,
    TransientError,
)
from shared.ports import ObjectInfo
from tests.fakes import ROW, FakeCloud
from tests.moments import at_call, message, number_of, record, requeue


def test_a_generation_that_vanishes_while_it_is_read_is_superseded_once() -> None:
    """After the lease was renewed: what is written then is on top of that."""
    cloud = FakeCloud()
    cloud.objects.chunk = 10
    drop = cloud.drop(ROW * 3)

    def late() -> None:
        cloud.wait(cloud.settings.claim_renew_seconds + 1)
        cloud.objects.on_chunk = vanish

    def vanish() -> None:
        raise MissingError("gone")

    cloud.objects.on_chunk = late
    cloud.submit(drop)

    assert record(cloud, drop.drop_id).state == "publishing"
    cloud.poll()
    ((data, _),) = cloud.announcements.published
    assert json.loads(data)["reason"] == "superseded"


def test_a_work_bucket_that_is_gone_rejects_nothing() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()

    def copy(*_: object) -> ObjectInfo:
        raise MissingError("work")

    real = cloud.objects.copy
    cloud.objects.copy = copy  # type: ignore[method-assign,assignment]  # a fault
    with pytest.raises(TransientError, match="nowhere to stage"):
        cloud.submit(drop)
    cloud.objects.copy = real  # type: ignore[method-assign]  # back

    cloud.until_quiet()
    assert len(cloud.batches.requests) == 1


def test_what_can_not_be_read_at_all_is_rejected() -> None:
    """As an object that is encrypted with its owner's key."""
    cloud = FakeCloud()
    cloud.faults.fail[number_of("objects.stream inbox")] = lambda: RefusedError("key")

    cloud.submit(cloud.drop())
    cloud.poll()

    ((data, _),) = cloud.announcements.published
    assert json.loads(data)["reason"] == "unreadable"


def test_a_generation_that_is_deleted_between_its_check_and_its_copy_is_gone() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    at_call(
        cloud,
        "objects.copy work",
        lambda: cloud.objects.remove("inbox", drop.name, for_ever=True),
    )

    cloud.submit(drop)
    cloud.poll()

    assert message(cloud)["reason"] == "superseded"


def test_what_is_odd_about_a_file_is_in_its_message() -> None:
    cloud = FakeCloud()
    cloud.submit(cloud.drop(ROW.replace(b"\n", b"\r\n")))

    cloud.until_quiet()

    assert [odd["code"] for odd in message(cloud)["warnings"]] == ["carriage_return"]


@pytest.mark.parametrize("lies_there", [ROW * 2, b"{}\n"], ids=["good", "bad"])
def test_what_lies_where_the_copy_goes_never_runs_and_rejects_nothing(
    lies_there: bytes,
) -> None:
    """Whoever put it there: the drop is set aside until that is removed."""
    cloud = FakeCloud()
    drop = cloud.drop(ROW)
    staged = f"{drop.drop_id}/s0a1.jsonl"
    cloud.objects.put("work", staged, lies_there)
    with pytest.raises(RefusedError, match="differs"):
        cloud.submit(drop)

    while record(cloud, drop.drop_id).state != "set_aside":
        cloud.wait(cloud.settings.hold_max_seconds)
        cloud.poll()
    assert cloud.batches.requests == []

    cloud.objects.remove("work", staged)
    requeue(cloud, drop.drop_id)
    cloud.until_quiet()
    assert message(cloud, 1)["outcome"] == "completed"
    assert cloud.objects.content("work", staged) == ROW


def test_a_file_whose_event_tells_no_checksum_runs_as_it_is() -> None:
    cloud = FakeCloud()
    cloud.submit(replace(cloud.drop(ROW), crc32c=""))

    cloud.until_quiet()

    assert message(cloud)["outcome"] == "completed"


def test_nor_does_what_takes_the_place_of_the_copy_while_a_drop_is_held() -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: CreateHeldError("RESOURCE_EXHAUSTED", "quota")
    drop = cloud.drop(ROW)
    cloud.submit(drop)
    cloud.batches.answer = None
    cloud.objects.put("work", f"{drop.drop_id}/s0a1.jsonl", ROW * 2)

    for _ in range(2 * cloud.settings.set_aside_tries):
        cloud.wait(cloud.settings.hold_max_seconds)
        cloud.poll()

    assert record(cloud, drop.drop_id).state == "set_aside"
    assert cloud.batches.requests == []
