"""Drops: their identity, and which events tell of one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.drops import FINALIZED, Drop, drop_from_event
from shared.errors import EventError
from shared.messages import pointer_name
from tests.fakes import START

EVENT: dict[str, Any] = {
    "bucket": "inbox",
    "name": "in/a.jsonl",
    "generation": "1758712331205187",
    "size": "352",
    "crc32c": "rTVTeQ==",
    "timeCreated": "2026-09-24T11:12:11.207Z",
}
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def drop(name: str = "a", generation: int = 1, bucket: str = "b") -> Drop:
    return Drop(
        bucket=bucket,
        name=name,
        generation=generation,
        size=1,
        crc32c="",
        dropped_at=START,
    )


def test_integers_are_read_from_strings_and_from_numbers() -> None:
    numbers = {**EVENT, "generation": 1758712331205187, "size": 352}

    assert drop_from_event(FINALIZED, EVENT) == drop_from_event(FINALIZED, numbers)


def test_a_drop_id_never_changes() -> None:
    """Changing how it is made would bill every open drop again."""
    assert drop("in/a.jsonl", 7, "inbox").drop_id == "48188e6e6754d8a9a3659401aed45baf"


@given(NAMES, NAMES, st.integers(0, 2**63), st.integers(0, 2**63))
def test_two_drops_have_two_ids(a: str, b: str, n: int, m: int) -> None:
    same = (a, n) == (b, m)

    assert (drop(a, n).drop_id == drop(b, m).drop_id) is same


@pytest.mark.parametrize("key", ["bucket", "name", "generation", "size", "timeCreated"])
@pytest.mark.parametrize("value", [None, "", [], {}, True, -1, "x" * 20, "9" * 5000])
def test_an_event_that_can_not_be_a_drop_is_refused(key: str, value: Any) -> None:
    if key in ("bucket", "name") and value == "x" * 20:
        value = "half a character: \ud800"
    if key in ("bucket", "name") and value == "9" * 5000:
        return  # it can be a name
    with pytest.raises(EventError, match=key):
        drop_from_event(FINALIZED, {**EVENT, key: value})


@pytest.mark.parametrize("key", ["crc32c", "contentEncoding"])
def test_what_no_record_could_hold_is_refused(key: str) -> None:
    with pytest.raises(EventError, match=key):
        drop_from_event(FINALIZED, {**EVENT, key: "half a character: \ud800"})


@pytest.mark.parametrize("data", [None, b"{", "text", [1], json.dumps(EVENT)])
def test_data_that_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(EventError):
        drop_from_event(FINALIZED, data)


def test_another_type_of_event_is_refused() -> None:
    with pytest.raises(EventError, match="metadataUpdated"):
        drop_from_event("google.cloud.storage.object.v1.metadataUpdated", EVENT)


@given(NAMES)
def test_a_pointers_name_fits_and_stays_in_its_folder(name: str) -> None:
    pointer = pointer_name(drop(name))

    assert pointer.isascii()
    assert len(pointer) <= 1024
    assert pointer.count("/") == 2


def test_names_too_long_for_a_pointer_are_told_apart() -> None:
    one, other = "ä" * 500 + "1", "ä" * 500 + "2"

    assert pointer_name(drop(one)) != pointer_name(drop(other))
