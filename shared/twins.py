"""
Jobs that must not run: a second one of a drop's key, which a create whose answer was
lost may have made, and jobs of ours that no open drop waits for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.errors import PermanentError, TransientError
from shared.jobs import Job, JobState, is_same
from shared.ledger import Entry, Ledger
from shared.logs import Severity, log
from shared.ports import Batches, Clock
from shared.records import Record, State

_KEY = re.compile(r"(?P<drop_id>[0-9a-f]{32})-s[0-9]+a[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """The step of a poll that ends them, with the ports it needs."""

    ledger: Ledger
    batches: Batches
    now: Clock

    def cancel(self, entry: Entry, jobs: Iterable[Job]) -> Entry:
        """
        Ask for the end of every active job of the drop's key that is not the
        drop's, once they are written down for the message to name; of a drop that has
        ended without a job that is every one. One that can't be
        cancelled now is asked again by the next poll, and keeps nothing else from
        happening. Raises LostRaceError.
        """
        record = entry.record
        if not record.needs_no_job:
            return entry
        twins = twins_of(record.job_name, jobs)
        named = with_names(record.twins, twins)
        if named != record.twins and record.message is None:
            entry = self.ledger.move(entry, in_doubt=True, twins=named)
        self.end(record, twins)
        return entry

    def end(self, record: Record, twins: Iterable[Job]) -> bool:
        """
        Ask for the end of each of these that may run; whether all were asked. Of one
        that came to an end of its own is told, whether or not it was named or asked
        to: nothing more can be done about it.
        """
        are_asked = True
        for job in twins:
            if not job.state.is_final:
                are_asked &= job.state is JobState.CANCELLING or self._cancel(
                    record, job
                )
            elif job.state is not JobState.CANCELLED:
                log(
                    "twin_ended",
                    severity=Severity.ERROR,
                    drop_id=record.drop_id,
                    job=job.name,
                )
        return are_asked

    def look_once_more(self, record: Record) -> bool:
        """
        Look for those that no list of active jobs has shown, as the last look at a drop
        whose create was in doubt; whether each that runs was asked to end. Raises what
        `find` does.
        """
        found = self.batches.find(record.route.location, str(record.job_key))
        return self.end(record, twins_of(record.job_name, found))

    def look_at_strays(self, jobs: Iterable[Job], *, stop_at: datetime) -> None:
        """
        Tell of each active job that no marker waits for, and ask for its end if its
        drop has ended with another, or with none. What time does not suffice for is
        left to the next poll.
        """
        for job in jobs:
            if self.now() >= stop_at:
                return
            if job.state is JobState.CANCELLING:
                continue
            try:
                key = _KEY.fullmatch(job.key)
                entry = self.ledger.read(key["drop_id"]) if key else None
            except (PermanentError, TransientError):
                # It is told of as one that nothing is known of.
                entry = None
            if entry and entry.record.state is not State.PUBLISHED:
                # Claimed since the markers were listed: the next tick sees both.
                continue
            if entry and not is_same(job.name, entry.record.job_name):
                self._cancel(entry.record, job)
            else:
                log("stray_job", severity=Severity.ERROR, job=job.name, key=job.key)

    def _cancel(self, record: Record, job: Job) -> bool:
        """
        Ask for the end of a job, and say so before: who dies in between says it for
        the last time. Return whether it could be asked.
        """
        log(
            "twin_cancelled",
            severity=Severity.ERROR,
            drop_id=record.drop_id,
            job=job.name,
        )
        try:
            self.batches.cancel(job.name)
        except (PermanentError, TransientError) as error:
            log(
                "twin_not_cancelled",
                severity=Severity.ERROR,
                drop_id=record.drop_id,
                job=job.name,
                error=type(error).__name__,
            )
            return False
        return True


def twins_of(job_name: str, jobs: Iterable[Job]) -> list[Job]:
    """Those of the jobs of a drop's key that are not the drop's own."""
    return [job for job in jobs if not is_same(job.name, job_name)]


def with_names(named: tuple[str, ...], twins: Iterable[Job]) -> tuple[str, ...]:
    """
    What a record that has named these names, with these jobs, each once: all of them
    but what is CANCELLED, of which nothing is told.
    """
    new = [job.name for job in twins if job.state is not JobState.CANCELLED]
    return tuple(dict.fromkeys((*named, *new)))
