"""
The note of a route: whether anything of it is held, and how many rows were asked for
today. One object a route in the state bucket, for ever.

Whether something is held is advice: it keeps later drops behind earlier ones. A stale
"held" has a drop wait for the next poll; a stale "not held" lets later drops get in
front of earlier ones, until a poll says what it saw. The rows of the day are counted by
compare-and-swap, before they are asked for: too many may be counted, too few never
(docs/decisions/010).
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta

import msgspec

from shared.errors import (
    ConflictError,
    ForbiddenError,
    MissingError,
    PermanentError,
    RecordError,
    TransientError,
)
from shared.logs import Severity, log
from shared.ports import Clock, Objects
from shared.stored import decode_stored, schema_of

SCHEMA = 1
NOTES = "routes/"
# Who can't read how many there were takes the day for full.
_NOBODY_KNOWS = 10**12
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteNote:
    """What is said of a route; `owner` tells our own write from another's."""

    schema: int = SCHEMA
    route: str
    owner: str = ""
    is_held: bool = False
    day: date = date.min
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    note: RouteNote
    generation: int
    is_damaged: bool = False


class RouteNotes:
    """The notes of all routes, as one process sees them."""

    def __init__(
        self, objects: Objects, bucket: str, *, owner: str, now: Clock
    ) -> None:
        self._objects = objects
        self._bucket = bucket
        self._owner = owner
        self._now = now

    def is_held(self, route: str) -> bool:
        """Whether anything of the route waits. A note that can't be read says yes."""
        try:
            return self._read(route).note.is_held
        except (PermanentError, TransientError):
            return True

    def tell(self, route: str, *, held: bool) -> None:
        """Say whether anything of the route waits; best effort, written if news."""
        try:
            found = self._read(route)
            note = found.note
            if found.is_damaged or note.is_held != held:
                self._write(found, replace(note, is_held=held))
        except ConflictError:
            # Somebody else has said something at the same time; the next poll looks.
            return
        except (PermanentError, TransientError) as error:
            log(
                "note_not_written",
                severity=Severity.WARNING,
                route=route,
                error=type(error).__name__,
            )

    def count(self, route: str, rows: int, *, most: int) -> date | None:
        """
        Count rows that are about to be asked for; return the day that they count
        for, or None if there would be more than `most` in it.
        """
        for _ in range(_TRIES - 1):
            with suppress(ConflictError):
                return self._count_once(route, rows, most)
        return self._count_once(route, rows, most)

    def _count_once(self, route: str, rows: int, most: int) -> date | None:
        found = self._read(route)
        # By the clock of somebody else it may be tomorrow already.
        day = max(found.note.day, self._now().astimezone(UTC).date())
        asked = found.note.rows if found.note.day == day else 0
        if asked + rows > most:
            return None
        self._write(found, replace(found.note, day=day, rows=asked + rows))
        return day

    def _read(self, route: str) -> _Found:
        """Raises RecordError for the note of newer code."""
        try:
            content, generation = self._objects.read(self._bucket, note_name(route))
        except (MissingError, ForbiddenError):
            # Who may not list is told of a missing object that it is forbidden.
            return _Found(note=RouteNote(route=route), generation=0)
        today = self._now().astimezone(UTC).date()
        try:
            note = decode_note(content, route)
            is_damaged = note.day > today + timedelta(days=1) or note.rows < 0
        except msgspec.DecodeError:
            is_damaged = True
        except RecordError as error:
            log("bad_note", severity=Severity.WARNING, route=route, error=str(error))
            raise
        if is_damaged:
            log("bad_note", severity=Severity.WARNING, route=route, error="damaged")
            note = RouteNote(route=route, is_held=True, day=today, rows=_NOBODY_KNOWS)
        return _Found(note=note, generation=generation, is_damaged=is_damaged)

    def _write(self, found: _Found, note: RouteNote) -> None:
        """Raises ConflictError if somebody else has written since."""
        name, note = note_name(note.route), replace(note, owner=self._owner)
        content = msgspec.json.encode(note)
        try:
            self._objects.write(
                self._bucket, name, content, if_generation=found.generation
            )
        except ConflictError:
            # The client repeats a write whose answer was lost, and the repeat fails
            # on what the first has written. Only reading tells.
            if self._read(note.route).note != note:
                raise


def note_name(route: str) -> str:
    """The object that holds the note of a route, by the route's prefix."""
    return f"{NOTES}{hashlib.sha256(route.encode()).hexdigest()[:32]}.json"


def decode_note(content: bytes, route: str) -> RouteNote:
    """
    Return the note of a route. Raises RecordError for one that newer code wrote, and
    msgspec.DecodeError for what nobody did.
    """
    schema = schema_of(content)
    if isinstance(schema, int) and schema > SCHEMA:
        raise RecordError(f"note of {route!r}: unknown schema {schema!r}")
    note = decode_stored(content, RouteNote)
    if note.route != route or note.schema != SCHEMA:
        raise msgspec.ValidationError("tells of another route")
    return note
