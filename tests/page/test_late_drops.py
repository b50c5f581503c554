"""
Drops that are late or set aside, as the page lists them and tells of them.
"""

from datetime import timedelta

from localcloud.page.asked import Asked
from localcloud.page.state.drops import Drops
from localcloud.storage.disk.store import Store
from shared.records import Frozen, Late, Record, State, Times
from tests.page.test_drops import NOW, drops, names, record, store, write

__all__ = ["drops", "store"]


def late(reason: str, seconds: int) -> Late:
    at = NOW + timedelta(seconds=seconds)
    said = {"outcome": "late", "reason": reason, "ce-time": at.isoformat()}
    return Late(
        reason=reason, message=Frozen(data="{}", attributes=said), lease_until=at
    )


def waiting() -> Record:
    return record(
        1,
        state=State.SUBMITTED,
        late=(late("queued_too_long", 5), late("paused", 9)),
        times=Times(
            claimed=NOW,
            staged=NOW + timedelta(seconds=1),
            submitted=NOW + timedelta(seconds=7),
        ),
    )


def test_a_late_drop_is_under_way_and_no_outcome_is_said_of_it(
    store: Store, drops: Drops
) -> None:
    write(store, waiting(), record(2))

    (shown,) = drops.page(Asked({"state": "late"}))["drops"]

    assert list(shown["late"]) == ["queued_too_long", "paused"]
    assert (shown["state"], shown["outcome"]) == ("submitted", "")
    assert not shown["ended"]
    assert names(drops, state="ended") == []


def test_each_word_that_it_is_late_is_a_step_where_it_belongs(
    store: Store, drops: Drops
) -> None:
    written = waiting()
    write(store, written)

    story = drops.one_drop(Asked({"id": written.drop_id}))

    assert [(each["step"], each["note"]) for each in story["steps"][2:]] == [
        ("staged", ""),
        ("late", "queued too long"),
        ("submitted", ""),
        ("late", "paused"),
    ]
    assert story["message"] is None
    assert [each["attributes"]["reason"] for each in story["lateMessages"]] == [
        *("queued_too_long", "paused")
    ]


def test_what_is_set_aside_has_not_ended_whatever_is_frozen(
    store: Store, drops: Drops
) -> None:
    ended = Frozen(data="{}", attributes={"outcome": "completed"})
    write(store, record(1, state=State.SET_ASIDE, message=ended))

    (shown,) = drops.page(Asked({"state": "open"}))["drops"]

    assert shown["state"] == "set_aside"
    assert names(drops, state="ended") == []
