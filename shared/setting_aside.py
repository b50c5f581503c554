"""
A drop whose every try comes to an error: it waits longer after each, is set aside after
enough of them, and is put back by an operator. It never keeps the others from anything.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.errors import PermanentError, RecordError, TransientError
from shared.late_reasons import LateReason
from shared.lateness import Lateness
from shared.ledger import Entry, Ledger
from shared.logs import Severity, log
from shared.markers import Markers
from shared.ports import Clock
from shared.records import Late, Record, State
from shared.settings import Settings
from shared.waiting import LONGEST_LEASE, hold_time, is_over


class RequeueError(PermanentError):
    """A drop that can't be put back; says why, and what would help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingAside:
    """The step of a poll after a drop that failed, with the ports it needs."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    lateness: Lateness
    now: Clock

    def count(self, drop_id: str, error: Exception) -> Entry | None:
        """
        Write down that a try came to this error, and return the drop with that; None
        where there is none, or somebody is at work on it.

        What may pass by itself is only tried less often. Any other error, a bug too,
        sets the drop aside when there have been enough; one without a record rests, and
        is not counted. Nothing is written beside somebody who is at work on the drop.
        Raises LostRaceError.
        """
        now = self.now()
        rested = now + self.settings.time("hold_max")
        try:
            entry = self.ledger.read(drop_id)
        except RecordError:
            # Its record is left alone, whoseever it is; but not read in each tick.
            self.markers.rest(drop_id, rested)
            raise
        if entry is None:
            # What its marker tells of can't be claimed, or not just now.
            if isinstance(error, TransientError):
                rested = now + hold_time(self.settings, drop_id, 1)
            self.markers.rest(drop_id, rested)
            return None
        record = entry.record
        if not self.ledger.is_own(entry) and is_at_work(record, self.settings, now):
            return None
        failures, troubles = record.failures, record.troubles
        if isinstance(error, TransientError):
            troubles += 1
        else:
            failures += 1
            tries = self.settings.set_aside_tries
            if failures >= tries and may_be_set_aside(record):
                return self.set_aside(entry, failures=failures)
        wait = hold_time(self.settings, drop_id, failures + troubles)
        # Whatever the try came to, it came back.
        entry = self.ledger.move(
            entry,
            failures=failures,
            troubles=troubles,
            take_overs=0,
            retry_at=now + wait,
        )
        self.markers.advise(entry.record)
        return entry

    def set_aside(self, entry: Entry, *, failures: int | None = None) -> Entry:
        """
        Do no more for the drop, and say so; but a job that a create without an answer
        may have made is adopted when it comes to light. Raises LostRaceError.
        """
        record = entry.record
        entry = self.ledger.move(
            entry,
            state=State.SET_ASIDE,
            set_aside_from=record.state,
            lease_until=None,
            in_doubt=record.in_doubt or record.state is State.SUBMITTING,
            late=(*record.late, *self._message(record)),
            failures=record.failures if failures is None else failures,
        )
        log(
            "set_aside",
            severity=Severity.ERROR,
            drop_id=record.drop_id,
            route=record.route.prefix,
            state=record.state,
        )
        entry = self.lateness.tell(entry, LateReason.SET_ASIDE)
        self.markers.advise(entry.record)
        return entry

    def _message(self, record: Record) -> tuple[Late, ...]:
        """Nothing, if it was set aside before: that was told."""
        if any(late.reason == LateReason.SET_ASIDE for late in record.late):
            return ()
        return (self.lateness.freeze(record, LateReason.SET_ASIDE),)


def is_at_work(record: Record, settings: Settings, now: datetime) -> bool:
    """Whether the record's owner may be in the middle of something."""
    until, longest = record.lease_until, settings.time("claim_lease")
    if record.state is State.SUBMITTING and record.create_deadline:
        until = record.create_deadline + settings.time("create_timeout")
        longest = settings.time("create_deadline") + settings.time("create_timeout")
    return not is_over(until, now, longest=max(longest, settings.time("publish_lease")))


def may_be_set_aside(record: Record) -> bool:
    """What has been set aside, or announced for ever, is not set aside again."""
    return record.state not in (State.SET_ASIDE, State.PUBLISHED)


def _is(record: Record) -> str:
    """Where a drop is, as a message would say it."""
    if record.state is State.PUBLISHED and record.message:
        return f"has ended, {record.message.attributes['outcome']}"
    return f"is {record.state}"


def put_back(
    ledger: Ledger, markers: Markers, drop_id: str, *, now: datetime
) -> Record:
    """
    Let polls go on with a drop from where it was set aside.

    Raises RequeueError for one that was not, and LostRaceError.
    """
    entry = ledger.read(drop_id)
    if entry is None:
        raise RequeueError(f"no drop {drop_id} is in this ledger")
    record = entry.record
    if record.state is not State.SET_ASIDE or record.set_aside_from is None:
        raise RequeueError(f"drop {drop_id} is not set aside: it {_is(record)}")
    leases = [late.lease_until for late in record.late if not late.message_id]
    if not all(is_over(until, now, longest=LONGEST_LEASE) for until in leases):
        # Who publishes it would find the record moved on, and it would come twice.
        raise RequeueError(
            f"drop {drop_id} is being announced as late: try again in a minute"
        )
    # An open record has a marker, whatever became of this one's.
    markers.mark(record.drop, record.route)
    # Its creates are counted anew, or one without an answer would set it aside again.
    entry = ledger.move(
        entry,
        state=record.set_aside_from,
        set_aside_from=None,
        missing_looks=(),
        create_tries=record.hold_tries,
    )
    markers.advise(entry.record)
    return entry.record
