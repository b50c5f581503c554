"""What a marker says of its drop is what a poll reads, and no more than is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.drops import Drop
from shared.errors import LostRaceError, RecordError
from shared.marker import Marker, advice, marker_name, new_metadata, read_marker
from shared.ports import ObjectInfo
from shared.records import Frozen, Late, Record, State, Times
from shared.routes import Route
from tests.fakes import START, FakeCloud

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
        metadata={**new_metadata(DROP, ROUTE), **said},
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
    said = {**advice(held()), "look-at": (START + timedelta(minutes=4)).isoformat()}
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
    missing = replace(held(), state=State.SUBMITTED, missing_looks=(START,))

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
        ("held-until", "2026-11-23T12:00:00", "has no time zone"),
    ],
)
def test_a_marker_that_says_what_can_not_be_is_refused_with_the_reason(
    key: str, text: str, why: str
) -> None:
    info = laid(**{key: text})

    with pytest.raises(RecordError, match=f"{info.name}: .*{why}"):
        read_marker(info)


@pytest.mark.parametrize(
    "name", ["in/ä\u2028\x00b.jsonl", "in/" + "x" * 900, "in/%2F.jsonl"]
)
def test_a_marker_holds_all_that_a_claim_needs(name: str) -> None:
    markers = FakeCloud().markers()
    drop = replace(DROP, name=name)

    markers.mark(drop, ROUTE)

    (marker,) = markers.open()
    assert isinstance(marker, Marker)
    assert (marker.drop, marker.location) == (drop, "us-central1")


def test_a_marker_that_tells_of_another_drop_stops_none_of_the_others() -> None:
    cloud = FakeCloud()
    markers = cloud.markers()
    markers.mark(DROP, ROUTE)
    markers.mark(replace(DROP, name="in/b.jsonl"), ROUTE)
    first = cloud.objects.names("state")[0]
    cloud.objects.annotate("state", first, {"name": "in%2Fc.jsonl"})

    assert sorted(type(m).__name__ for m in markers.open()) == ["Marker", "RecordError"]


def test_advice_says_until_when_a_drop_is_held() -> None:
    markers = FakeCloud().markers()
    markers.mark(DROP, ROUTE)
    until = datetime(2027, 1, 1, tzinfo=UTC)

    markers.advise(replace(held(), late=(), retry_at=None, not_before=until))

    (marker,) = markers.open()
    assert isinstance(marker, Marker)
    assert (marker.state, marker.held_until, marker.in_doubt) == ("held", until, True)
    assert marker.look_at == START + timedelta(hours=1)


def test_closing_twice_is_as_good_as_once() -> None:
    markers = FakeCloud().markers()
    markers.mark(DROP, ROUTE)
    (marker,) = markers.open()
    assert isinstance(marker, Marker)

    markers.close(marker)
    markers.close(marker)

    assert list(markers.open()) == []


def test_a_route_that_can_not_be_read_is_refused_with_the_markers_name() -> None:
    cloud = FakeCloud()
    cloud.markers().mark(DROP, ROUTE)
    (name,) = cloud.objects.names("state")
    cloud.objects.put("state", name, b"{}")

    with pytest.raises(RecordError, match=f"marker {DROP.drop_id}: no route: "):
        cloud.markers().route(DROP.drop_id)


def test_what_is_open_no_more_is_held_no_more_and_asked_for_by_nobody() -> None:
    with pytest.raises(LostRaceError, match=DROP.drop_id):
        FakeCloud().markers().unhold(DROP.drop_id)
