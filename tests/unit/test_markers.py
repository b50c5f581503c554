"""What a marker says of its drop is what a poll reads, and no more than is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.drops import Drop
from shared.errors import RecordError
from shared.markers import (
    LOOK_AT,
    Marker,
    advice,
    first_word,
    marker_name,
    read_marker,
    word,
)
from shared.ports import ObjectInfo
from shared.records import Frozen, Late, Record, State, Times
from shared.routes import Route
from tests.fakes import START

ROUTE = Route(prefix="in/", model="m", location="us-central1", results_prefix="in")
DROP = Drop(
    bucket="inbox",
    name="in/ä b.jsonl",
    generation=7,
    size=11,
    crc32c="AAAAAA==",
    dropped_at=START,
    content_encoding="gzip",
)


def laid(**said: str) -> ObjectInfo:
    """The marker's object, with this metadata over that of a new one."""
    return ObjectInfo(
        bucket="state",
        name=marker_name(DROP.drop_id),
        generation=5,
        crc32c="",
        metadata={**first_word(DROP, ROUTE), **said},
    )


def late(reason: str, message_id: str) -> Late:
    message = Frozen(data="{}", attributes={})
    return Late(
        reason=reason, message=message, lease_until=START, message_id=message_id
    )


def held() -> Record:
    """A record of which a poll can be told everything."""
    return Record(
        drop=DROP,
        route=ROUTE,
        state=State.HELD,
        owner="o",
        in_doubt=True,
        not_before=START + timedelta(minutes=1),
        retry_at=START + timedelta(minutes=3),
        late=(late("paused", "1"), late("past_deadline", "2"), late("other", "")),
        times=Times(claimed=START, submitted=START + timedelta(minutes=2)),
    )


def test_advice_is_read_as_it_was_given() -> None:
    said = {**advice(held()), LOOK_AT: word(START + timedelta(minutes=4))}
    marker = read_marker(laid(**said))

    assert marker == Marker(
        advice=laid(**said).metadata,
        drop=DROP,
        generation=5,
        location="us-central1",
        state="held",
        held_until=START + timedelta(minutes=1),
        submitted_at=START + timedelta(minutes=2),
        in_doubt=True,
        job="",
        look_at=START + timedelta(minutes=4),
        told=frozenset({"paused", "past_deadline"}),
        retry_at=START + timedelta(minutes=3),
    )


def test_advice_takes_back_what_holds_no_more() -> None:
    """Cloud Storage keeps each word of metadata that an update does not name."""
    before = advice(held())
    since = Record(
        drop=DROP,
        route=ROUTE,
        state=State.CLAIMED,
        owner="o",
        times=Times(claimed=START),
    )

    marker = read_marker(laid(**{**before, **advice(since)}))

    assert replace(marker, advice={}) == replace(read_marker(laid()), advice={})


def test_a_marker_that_says_only_what_its_drop_is_has_no_advice() -> None:
    info = laid()
    needed = {"bucket", "name", "generation", "size", "crc32c", "dropped-at"}
    drop = replace(DROP, content_encoding="")
    bare = replace(
        info,
        name=marker_name(drop.drop_id),
        metadata={key: info.metadata[key] for key in needed},
    )

    assert read_marker(bare) == Marker(
        advice=bare.metadata,
        drop=drop,
        generation=5,
        location="",
        state="",
        held_until=None,
        submitted_at=None,
        in_doubt=False,
        job="",
        # Of code that did not say when to look: at once.
        look_at=datetime(1970, 1, 1, tzinfo=UTC),
        told=frozenset(),
        retry_at=None,
    )


def test_only_a_held_drop_is_said_to_be_held_until_a_time() -> None:
    """`not_before` of a drop that waits for nothing would keep polls from it."""
    claimed = replace(held(), state=State.CLAIMED)

    assert read_marker(laid(**advice(claimed))).held_until is None


def test_a_drop_whose_job_is_missing_is_read_in_every_tick() -> None:
    missing = replace(held(), state=State.SUBMITTED, missing_since=START)

    assert read_marker(laid(**advice(missing))).state == ""


@pytest.mark.parametrize(
    "key", ["bucket", "name", "generation", "size", "crc32c", "dropped-at"]
)
def test_a_marker_that_does_not_say_what_its_drop_is_is_refused_by_its_name(
    key: str,
) -> None:
    info = laid()
    said = {name: text for name, text in info.metadata.items() if name != key}

    with pytest.raises(RecordError, match=f"{info.name}: .*'{key}'"):
        read_marker(replace(info, metadata=said))


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("name", "in%2F%FF.jsonl", "UnicodeDecodeError"),
        ("name", "in%2Fother.jsonl", "tells of another drop"),
        ("dropped-at", "2026-11-23T12:00:00", "has no time zone"),
    ],
)
def test_a_marker_that_says_what_can_not_be_is_refused_with_the_reason(
    key: str, text: str, why: str
) -> None:
    info = laid(**{key: text})

    with pytest.raises(RecordError, match=f"{info.name}: .*{why}"):
        read_marker(info)
