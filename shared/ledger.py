"""
The record of every drop, and the compare-and-swap that moves it on.

A record is an object that is the only authority on its drop and is never
deleted by code. Beside it, while the drop is open, lies a marker: an object whose
name and metadata are all that a poll needs to skip the drop, and whose content, the
route, is what it needs to claim it. Marker before record, marker removed last; so an
open record always has one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from shared.drops import Drop
from shared.errors import (
    ConflictError,
    LostRaceError,
    MissingError,
    RecordError,
    TransientError,
)
from shared.jobs import Job
from shared.late_reasons import next_look
from shared.logs import Severity, log
from shared.markers import (
    ASKED,
    LOOK_AT,
    OPEN,
    Marker,
    advice,
    first_word,
    marker_name,
    read_marker,
    word,
)
from shared.ports import Clock, Objects
from shared.records import SCHEMA, Record, State, decode_record
from shared.routes import Route

_LEFT_BEHIND = frozenset({State.CLAIMED, State.SET_ASIDE})
_GOT_ON = frozenset({State.SUBMITTED, State.PUBLISHING, State.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record as it was read or written: what a compare-and-swap compares."""

    record: Record
    generation: int


class Ledger:
    """The records and markers in the state bucket, as one process sees them."""

    def __init__(
        self, objects: Objects, bucket: str, *, owner: str, now: Clock
    ) -> None:
        self._objects = objects
        self._bucket = bucket
        self._owner = owner
        self._now = now

    def mark(self, drop: Drop, route: Route) -> None:
        """Leave word of a drop before anything is done for it."""
        try:
            self._objects.write(
                self._bucket,
                marker_name(drop.drop_id),
                msgspec.json.encode(route),
                if_generation=0,
                metadata=first_word(drop, route),
            )
        except ConflictError:
            return

    def marked_route(self, drop_id: str) -> Route | None:
        """
        The route that the drop's marker was left with, if it was with one. Raises
        MissingError, and RecordError for what makes no sense.
        """
        content, _ = self._objects.read(self._bucket, marker_name(drop_id))
        if not content:
            return None
        try:
            return msgspec.json.decode(content, type=Route)
        except msgspec.DecodeError as error:
            raise RecordError(f"marker {drop_id}: no route: {error}") from error

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
            content, generation = self._objects.read(
                self._bucket, _record_name(drop_id)
            )
        except MissingError:
            return None
        return Entry(record=decode_record(content, drop_id), generation=generation)

    def knows(self, drop_id: str) -> bool:
        """Whether the drop has a record, of whatever schema and state."""
        try:
            self._objects.info(self._bucket, _record_name(drop_id))
        except MissingError:
            return False
        return True

    def move(self, entry: Entry, **changes: Any) -> Entry:
        """
        Replace these fields, if nobody has moved the record on since `entry`.
        Raises LostRaceError if somebody has: then nothing more is ours to do.
        """
        record = replace(entry.record, **changes)
        if record.state is not entry.record.state and _got_on(record, entry.record):
            record = replace(record, failures=0, troubles=0, retry_at=None)
        return self._write(record, if_generation=entry.generation)

    def is_own(self, entry: Entry) -> bool:
        """Whether this process wrote it."""
        return entry.record.owner == self._owner

    def advise(
        self,
        entry: Entry,
        *,
        job: Job | None = None,
        look_at: datetime | None = None,
    ) -> None:
        """
        Tell polls what they need not read; `job` is the drop's job, where it is known,
        and `look_at` is when to read it all the same, where the record does not say.
        Best effort: a word that is lost costs one read a tick, and the poll that reads
        the record says it again.
        """
        record, name = entry.record, marker_name(entry.record.drop_id)
        look_at = look_at or next_look(record, job, self._now())
        said = {**advice(record), LOOK_AT: word(look_at)}
        try:
            self._objects.annotate(self._bucket, name, said)
        except MissingError:
            return
        except TransientError as error:
            log(
                "not_advised",
                severity=Severity.WARNING,
                drop_id=record.drop_id,
                error=type(error).__name__,
            )

    def advise_if_news(
        self, entry: Entry, marker: Marker, job: Job | None = None
    ) -> None:
        """Tell polls so, if that is not what the marker says."""
        now = self._now()
        look_at = next_look(entry.record, job, now)
        is_due = marker.look_at <= now if marker.look_at else look_at is not None
        said = advice(entry.record)
        if is_due or any(marker.advice.get(key) != said[key] for key in said):
            self.advise(entry, job=job)

    def unhold(self, entry: Entry) -> None:
        """
        Have polls read a held drop again, before it is held no more. Raises
        LostRaceError if it is open no more.
        """
        drop_id = entry.record.drop_id
        try:
            self._objects.annotate(self._bucket, marker_name(drop_id), ASKED)
        except MissingError as error:
            raise LostRaceError(drop_id) from error

    def open(self) -> Iterator[Marker | RecordError]:
        """
        Yield the marker of every drop that has not ended; in place of one that
        makes no sense its error, so that it stops none of the others.
        """
        for info in self._objects.list(self._bucket, OPEN):
            try:
                yield read_marker(info)
            except RecordError as error:
                yield error

    def close(self, marker: Marker) -> None:
        """Remove the marker: the drop has ended. Removed already is as good."""
        name = marker_name(marker.drop.drop_id)
        try:
            self._objects.delete(self._bucket, name, if_generation=marker.generation)
        except (MissingError, ConflictError):
            return

    def _write(self, record: Record, *, if_generation: int) -> Entry:
        record = replace(record, schema=SCHEMA, owner=self._owner, seq=record.seq + 1)
        name = _record_name(record.drop_id)
        try:
            info = self._objects.write(
                self._bucket,
                name,
                msgspec.json.encode(record),
                if_generation=if_generation,
            )
        except ConflictError as error:
            # The client repeats a write whose answer was lost, and the repeat
            # fails on what the first has written. Only reading tells.
            found = self.read(record.drop_id)
            if found and found.record == record:
                return found
            raise LostRaceError(record.drop_id) from error
        return Entry(record=record, generation=info.generation)


def _got_on(record: Record, before: Record) -> bool:
    """Whether a drop that failed begins to count again: not while it tries again."""
    return before.state in _LEFT_BEHIND or record.state in _GOT_ON


def _record_name(drop_id: str) -> str:
    return f"rec/{drop_id[:2]}/{drop_id}.json"
