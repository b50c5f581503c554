"""The ledger: compare-and-swap, lost answers, and records it must not touch."""

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from shared.drops import Drop
from shared.errors import LostRaceError, RecordError
from shared.ledger import Entry, Ledger
from shared.records import Record, State, Times
from shared.routes import Route
from tests.fakes import START, FakeCloud

_LEFT_BEHIND = {State.CLAIMED, State.SET_ASIDE}
_GOT_ON = {State.SUBMITTED, State.PUBLISHING, State.PUBLISHED}
ROUTE = Route(prefix="in/", model="m", location="us-central1", results_prefix="in")


def drop(name: str = "in/a.jsonl") -> Drop:
    return Drop(
        bucket="inbox", name=name, generation=7, size=1, crc32c="", dropped_at=START
    )


def record(of: Drop | None = None) -> Record:
    return Record(
        drop=of or drop(),
        route=ROUTE,
        state=State.CLAIMED,
        owner="",
        times=Times(claimed=START),
    )


def claimed(ledger: Ledger) -> Entry:
    entry = ledger.claim(record())
    assert entry is not None
    return entry


def test_a_record_is_read_as_it_was_written() -> None:
    ledger = FakeCloud().ledger()

    entry = claimed(ledger)

    assert ledger.read(drop().drop_id) == entry


def test_a_drop_is_claimed_once() -> None:
    cloud = FakeCloud()

    assert cloud.ledger().claim(record()) is not None
    assert cloud.ledger().claim(record()) is None


def test_of_two_who_move_a_record_one_wins() -> None:
    cloud = FakeCloud()
    one, other = cloud.ledger(), cloud.ledger()
    entry = claimed(one)

    moved = other.move(entry, state=State.SUBMITTING)

    with pytest.raises(LostRaceError, match=drop().drop_id):
        one.move(entry, state=State.HELD)
    assert one.read(drop().drop_id) == moved


def test_our_own_write_whose_answer_was_lost_is_ours() -> None:
    """The client repeats such a write, and the repeat fails on the first."""
    cloud = FakeCloud()
    ledger = cloud.ledger()
    entry = claimed(ledger)
    write = cloud.objects.write

    def repeats(*args: object, **options: object) -> object:
        write(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        return write(*args, **options)  # type: ignore[arg-type]  # as above

    cloud.objects.write = repeats  # type: ignore[method-assign,assignment]  # a fault
    moved = ledger.move(entry, state=State.SUBMITTING)

    assert moved == ledger.read(drop().drop_id)
    assert moved.record.state is State.SUBMITTING


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"schema":2', b'"schema":3'),
        (b'"schema":2', b'"schema":null'),
        (b'"state":"claimed"', b'"state":"accounting"'),
        (b'"state":"claimed"', b'"state":[]'),
        (b'"generation":7', b'"generation":8'),
        (b'"owner"', b'"ower"'),
        (b"{", b""),
    ],
)
def test_a_record_that_is_not_understood_is_refused(old: bytes, new: bytes) -> None:
    cloud = FakeCloud()
    claimed(cloud.ledger())
    (name,) = cloud.objects.names("state")
    content = cloud.objects.content("state", name)
    cloud.objects.put("state", name, content.replace(old, new, 1))

    with pytest.raises(RecordError, match=f"record {drop().drop_id}: "):
        cloud.ledger().read(drop().drop_id)


def test_a_record_of_the_schema_before_is_read_and_written_as_of_this() -> None:
    cloud = FakeCloud()
    claimed(cloud.ledger())
    (name,) = cloud.objects.names("state")
    content = cloud.objects.content("state", name)
    old = json.loads(content)
    for added in ("twins", "late", "failures", "retry_at", "set_aside_from"):
        del old[added]
    cloud.objects.put("state", name, json.dumps({**old, "schema": 1}).encode())

    entry = cloud.ledger().read(drop().drop_id)
    assert entry is not None
    cloud.ledger().move(entry, state=State.HELD)

    written = json.loads(cloud.objects.content("state", name))
    assert (written["schema"], written["late"]) == (2, [])


def test_a_write_of_ours_is_not_taken_for_another_of_ours() -> None:
    """With a stale entry, the same owner and the same count may say other things."""
    ledger = FakeCloud().ledger()
    entry = claimed(ledger)
    ledger.move(entry, lease_until=START)

    with pytest.raises(LostRaceError):
        ledger.move(entry, state=State.PUBLISHING)


@pytest.mark.parametrize(("before", "after"), [*itertools.product(State, State)])
def test_a_drop_that_got_on_has_failed_in_nothing_yet(
    before: State, after: State
) -> None:
    """Where it only tries again, or is set aside, what it has failed in is kept."""
    ledger = FakeCloud().ledger()
    failed: dict[str, Any] = {
        "failures": 2,
        "troubles": 1,
        "take_overs": 3,
        "retry_at": START,
    }
    at = replace(record(), state=before, **failed)
    entry = ledger.claim(at)
    assert entry is not None

    moved = ledger.move(entry, state=after).record

    got_on = before in _LEFT_BEHIND or after in _GOT_ON
    got_on = got_on and after is not State.SET_ASIDE
    counts = {name: getattr(moved, name) for name in failed}
    if got_on and before is not after:
        assert counts == {**dict.fromkeys(failed, 0), "retry_at": None}
    else:
        assert counts == failed
    assert moved.seq == entry.record.seq + 1
