"""
The life of a drop as it happens, read as anybody may read it: the ledger and
the batch job, by the real clients through the door.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from shared.errors import MissingError
from shared.jobs import Job, JobState
from shared.ledger import Ledger
from shared.ports import Batches
from shared.records import Record, State

_LOOK_SECONDS = 0.15


class TooLongError(Exception):
    """The drop has not ended in the time that was given to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    Something that has happened to the drop. `done` and `total` count rows where
    that is known.
    """

    step: str
    detail: str = ""
    done: int = 0
    total: int = 0


def tell(
    drop_id: str, *, ledger: Ledger, batches: Batches, seconds: float
) -> Iterator[Event]:
    """
    Yield each step of the drop once, and RUNNING whenever rows were added, until
    the drop is announced. Raises TooLongError.
    """
    told: set[Event] = set()
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at:
        entry = ledger.read(drop_id)
        if entry:
            for event in _events(entry.record, batches):
                if event not in told:
                    told.add(event)
                    yield event
            if entry.record.state is State.PUBLISHED:
                return
        time.sleep(_LOOK_SECONDS)
    raise TooLongError(f"drop {drop_id} has not ended within {seconds:.0f} s")


def _events(record: Record, batches: Batches) -> Iterator[Event]:
    yield Event(step="claimed", detail=f"drop {record.drop_id}")
    if record.checked:
        yield Event(step="staged", detail=f"{record.rows} rows checked and copied")
    if record.job_name:
        yield Event(step="job created", detail=record.job_name)
        try:
            yield from _job_events(batches.get(record.job_name), record.rows)
        except MissingError:
            yield Event(step="job missing")
    if record.state is State.HELD:
        yield Event(step="held", detail="it waits for its turn")
    for late in record.late:
        yield Event(step="late", detail=late.reason)
    if record.message and not record.job_name:
        outcome = record.message.attributes["outcome"]
        yield Event(step=outcome, detail=record.message.attributes.get("reason", ""))
    if record.state is State.PUBLISHED:
        yield Event(step="announced", detail=f"message {record.message_id}")


def _job_events(job: Job, rows: int) -> Iterator[Event]:
    if job.state is JobState.RUNNING and job.stats:
        done = job.stats.successful + job.stats.failed
        yield Event(step="RUNNING", done=done, total=rows)
    elif job.state is JobState.RUNNING:
        yield Event(step="RUNNING", total=rows)
    else:
        yield Event(step=job.state.name)
