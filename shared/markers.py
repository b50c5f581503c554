"""
What lies beside the record of an open drop: an object whose name and metadata are all
that a poll needs to skip the drop, and whose content, the route, is what it needs to
claim it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from shared.drops import Drop
from shared.errors import (
    ConflictError,
    LostRaceError,
    MissingError,
    PermanentError,
    RecordError,
    TransientError,
)
from shared.jobs import Job
from shared.late_reasons import next_look
from shared.logs import Severity, log
from shared.marker import (
    LOOK_AT,
    OPEN,
    Marker,
    advice,
    marker_name,
    new_metadata,
    read_marker,
)
from shared.ports import Clock, Objects
from shared.records import Record, State
from shared.routes import Route
from shared.stored import decode_stored
from shared.times import text_of


class Markers:
    """The markers in the state bucket, as one process sees them."""

    def __init__(self, objects: Objects, bucket: str, *, now: Clock) -> None:
        self._objects = objects
        self._bucket = bucket
        self._now = now

    def mark(self, drop: Drop, route: Route) -> None:
        """Write down that there is a drop, before anything is done for it."""
        try:
            self._objects.write(
                self._bucket,
                marker_name(drop.drop_id),
                msgspec.json.encode(route),
                if_generation=0,
                metadata=new_metadata(drop, route),
            )
        except ConflictError:
            return

    def route(self, drop_id: str) -> Route | None:
        """
        The route that the drop's marker was left with, if it was with one. Raises
        MissingError, and RecordError for what makes no sense.
        """
        content, _ = self._objects.read(self._bucket, marker_name(drop_id))
        if not content:
            return None
        try:
            return decode_stored(content, Route)
        except msgspec.DecodeError as error:
            raise RecordError(f"marker {drop_id}: no route: {error}") from error

    def advise(
        self,
        record: Record,
        *,
        job: Job | None = None,
        look_at: datetime | None = None,
    ) -> None:
        """
        Tell polls what they need not read; `job` is the drop's job, where it is known,
        and `look_at` is when to read it all the same, where the record does not say.
        Best effort: advice that is lost costs one read a tick, and the poll that reads
        the record gives it again.
        """
        look_at = look_at or next_look(record, job, self._now())
        self._annotate(record.drop_id, {**advice(record), LOOK_AT: text_of(look_at)})

    def advise_if_news(
        self, record: Record, marker: Marker, job: Job | None = None
    ) -> None:
        """Tell polls so, if that is not what the marker says."""
        now = self._now()
        look_at = next_look(record, job, now)
        # It is due, or later than it may be: said by a clock that was ahead, if at all.
        is_due = marker.look_at is None or marker.look_at <= now
        if look_at and marker.look_at:
            is_due = is_due or marker.look_at > look_at
        said = advice(record)
        if is_due or any(marker.advice.get(key) != said[key] for key in said):
            self.advise(record, job=job)

    def unhold(self, drop_id: str) -> None:
        """
        Have polls read a held drop again, before it is held no more: it is about to be
        asked for. Raises LostRaceError if it is open no more.
        """
        try:
            self._objects.annotate(self._bucket, marker_name(drop_id), self._asked())
        except MissingError as error:
            raise LostRaceError(drop_id) from error

    def doubt(self, drop_id: str) -> None:
        """
        Have polls look for the job of a drop that was asked for and has no answer; best
        effort.
        """
        self._annotate(drop_id, self._asked())

    def rest(self, drop_id: str, until: datetime) -> None:
        """Have polls leave the drop alone until then; best effort."""
        self._annotate(drop_id, {"retry-at": text_of(until)})

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

    def _asked(self) -> Mapping[str, str]:
        # It must be read, whoever has died meanwhile.
        now = text_of(self._now())
        return {"state": State.SUBMITTING, "held-until": "", "submitted-at": now}

    def _annotate(self, drop_id: str, said: Mapping[str, str]) -> None:
        try:
            self._objects.annotate(self._bucket, marker_name(drop_id), said)
        except MissingError:
            return
        except (PermanentError, TransientError) as error:
            log(
                "not_advised",
                severity=Severity.WARNING,
                drop_id=drop_id,
                error=type(error).__name__,
            )
