"""
The record of every drop, and the compare-and-swap that moves it on.

A record is an object that is the only authority on its drop and is never
deleted by code: once the drop has ended it has a custom time, from which a lifecycle
rule counts its days. Beside it, while the drop is open, lies a marker (`markers.py`).
Marker before record, marker removed last; so an open record always has one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from shared.errors import ConflictError, LostRaceError, MissingError
from shared.ports import Objects
from shared.records import SCHEMA, Record, State, decode_record

_LEFT_BEHIND = frozenset({State.CLAIMED, State.SET_ASIDE})
_GOT_ON = frozenset({State.SUBMITTED, State.PUBLISHING, State.PUBLISHED})
# What a record says of a drop of which no try has come to nothing since it got on.
NOTHING_FAILED: Mapping[str, Any] = {
    "failures": 0,
    "troubles": 0,
    "take_overs": 0,
    "retry_at": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record as it was read or written: what a compare-and-swap compares."""

    record: Record
    generation: int


class Ledger:
    """The records in the state bucket, as one process sees them."""

    def __init__(self, objects: Objects, bucket: str, *, owner: str) -> None:
        self._objects = objects
        self._bucket = bucket
        self._owner = owner

    def claim(self, record: Record) -> Entry | None:
        """
        Make the drop ours, once for ever; None when it is somebody else's.

        Whoever has it also owns what comes next, or a poll does.
        """
        try:
            return self._write(record, if_generation=0)
        except LostRaceError:
            return None

    def read(self, drop_id: str) -> Entry | None:
        """
        Return the drop's record, or None. Raises RecordError for one that this
        code must not touch.
        """
        try:
            content, generation = self._objects.read(self._bucket, record_name(drop_id))
        except MissingError:
            return None
        return Entry(record=decode_record(content, drop_id), generation=generation)

    def knows(self, drop_id: str) -> bool:
        """Whether the drop has a record, of whatever schema and state."""
        try:
            self._objects.info(self._bucket, record_name(drop_id))
        except MissingError:
            return False
        return True

    def move(self, entry: Entry, **changes: Any) -> Entry:
        """
        Replace these fields, if nobody has moved the record on since `entry`. Where the
        state tells that the drop got on, it has failed in nothing yet. Raises
        LostRaceError if somebody has: then nothing more is ours to do.
        """
        before = entry.record.state
        after = changes.get("state", before)
        if after is not before and _got_on(before, after):
            changes |= NOTHING_FAILED
        return self._write(entry.record, if_generation=entry.generation, **changes)

    def is_own(self, entry: Entry) -> bool:
        """Whether this process wrote it."""
        return entry.record.owner == self._owner

    def _write(self, record: Record, *, if_generation: int, **changes: Any) -> Entry:
        changes |= {"schema": SCHEMA, "owner": self._owner, "seq": record.seq + 1}
        record = replace(record, **changes)
        name = record_name(record.drop_id)
        try:
            info = self._objects.write(
                self._bucket,
                name,
                msgspec.json.encode(record),
                if_generation=if_generation,
                custom_time=record.times.published,
            )
        except ConflictError as error:
            # The client repeats a write whose answer was lost, and the repeat
            # fails on what the first has written. Only reading tells.
            found = self.read(record.drop_id)
            if found and found.record == record:
                return found
            raise LostRaceError(record.drop_id) from error
        return Entry(record=record, generation=info.generation)


def _got_on(before: State, after: State) -> bool:
    """
    Whether a drop that failed begins to count again: not while it tries again, nor
    where it is set aside for what it has failed in.
    """
    if after is State.SET_ASIDE:
        return False
    return before in _LEFT_BEHIND or after in _GOT_ON


def record_name(drop_id: str) -> str:
    return f"rec/{drop_id[:2]}/{drop_id}.json"
