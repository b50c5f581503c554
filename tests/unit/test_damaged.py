"""Whatever became of the bytes of what we have written, it stops nobody."""

import json
import re
from collections.abc import Callable, Iterator

import msgspec
import pytest

from shared.errors import RecordError
from shared.ledger import record_name
from shared.marker import marker_name
from shared.records import State, decode_record
from shared.route_notes import decode_note, note_name
from tests.fakes import FakeCloud
from tests.moments import record, requeue

NESTED = b'{"schema":' + b"[" * 100_000
HELD = '[{"prefix":"in/","model":"m","enabled":false},{"prefix":"world/","model":"m"}]'


def flipped(content: bytes) -> Iterator[bytes]:
    """
    The content with a byte that is no UTF-8, at each place in turn. In the name of a
    field, the field is not there.
    """
    for place in range(len(content)):
        yield content[:place] + bytes([content[place] | 0x80]) + content[place + 1 :]


def refusals(decode: Callable[[bytes], object], content: bytes) -> int:
    """How many of all damages are refused; whatever else is raised is raised."""
    refused = 0
    for damaged in (NESTED, *flipped(content)):
        try:
            decode(damaged)
        except (RecordError, msgspec.DecodeError):
            refused += 1
    return refused


def test_no_damage_to_a_record_is_any_other_error() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    content = cloud.objects.content("state", record_name(drop.drop_id))

    refused = refusals(lambda damaged: decode_record(damaged, drop.drop_id), content)

    assert refused > 500


def test_nor_any_to_the_note_of_a_route() -> None:
    cloud = FakeCloud(routes=HELD)
    cloud.submit(cloud.drop())
    content = cloud.objects.content("state", note_name("in/"))

    refused = refusals(lambda damaged: decode_note(damaged, "in/"), content)

    assert refused > 50


def test_nor_any_to_the_route_of_a_marker() -> None:
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    name = marker_name(drop.drop_id)
    content = cloud.objects.content("state", name)

    def route(damaged: bytes) -> object:
        cloud.objects.put("state", name, damaged)
        return cloud.markers().route(drop.drop_id)

    assert refusals(route, content) > 50


@pytest.mark.parametrize(
    "damage", [lambda b: NESTED, lambda b: b.replace(b'"owner":"', b'"owner":"\xff')]
)
def test_a_damaged_record_is_left_alone_by_all(
    damage: Callable[[bytes], bytes],
) -> None:
    cloud = FakeCloud()
    bad, good = cloud.drop(), cloud.drop(name="in/good.jsonl")
    cloud.submit(bad)
    name = record_name(bad.drop_id)
    damaged = damage(cloud.objects.content("state", name))
    cloud.objects.put("state", name, damaged)
    cloud.submit(good)
    cloud.batches.finish()

    with pytest.raises(RecordError):
        cloud.submit(bad)
    for _ in range(3):
        cloud.wait(60)
        cloud.poll()

    assert record(cloud, good.drop_id).state is State.PUBLISHED
    assert cloud.objects.content("state", name) == damaged
    with pytest.raises(RecordError):
        requeue(cloud, bad.drop_id)


def test_a_damaged_note_of_a_route_keeps_no_other_route_from_anything() -> None:
    cloud = FakeCloud(routes=HELD)
    cloud.submit(cloud.drop())
    note = note_name("in/")
    cloud.objects.put(
        "state", note, cloud.objects.content("state", note)[:-9] + b"\xff"
    )
    other = cloud.drop(name="world/other.jsonl")
    cloud.submit(other)
    cloud.batches.finish()

    cloud.poll()

    assert record(cloud, other.drop_id).state is State.PUBLISHED
    assert decode_note(cloud.objects.content("state", note), "in/").is_held


def test_no_time_without_a_zone_is_taken() -> None:
    """It could be compared with no other, in each tick, for ever."""
    cloud = FakeCloud()
    drop = cloud.drop()
    cloud.submit(drop)
    said = json.loads(cloud.objects.content("state", record_name(drop.drop_id)))
    late = {"reason": "x", "message": {"data": "", "attributes": {}}}
    zoned = "2026-11-23T12:00:00Z"
    said |= dict.fromkeys(
        ("lease_until", "create_deadline", "not_before", "retry_at"), zoned
    )
    said |= {"missing_looks": [zoned], "late": [{**late, "lease_until": zoned}]}
    said["route"]["began"] = zoned
    said["times"] = dict.fromkeys(said["times"], zoned)
    content = json.dumps(said)
    assert decode_record(content.encode(), drop.drop_id)
    times = list(re.finditer(r'"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)"', content))

    assert len(times) == 13
    for time in times:
        start, end = time.span(1)
        naive = content[:start] + content[end:]
        with pytest.raises(RecordError):
            decode_record(naive.encode(), drop.drop_id)
