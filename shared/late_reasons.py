"""
Why a drop may be late, and when: a drop that waits for longer than its route allows, or
for somebody to act. Nothing here depends on anything but its arguments.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from shared.jobs import Job, JobState
from shared.records import Record, State
from shared.waiting import CLOCKS_DIFFER, LONGEST_LEASE


class LateReason(StrEnum):
    """A stable code of the message."""

    QUEUED_TOO_LONG = "queued_too_long"
    RUNNING_TOO_LONG = "running_too_long"
    PAST_DEADLINE = "past_deadline"
    PAUSED = "paused"
    UNKNOWN_STATE = "unknown_state"
    SET_ASIDE = "set_aside"

    @property
    def meaning(self) -> str:
        """What it means for whoever waits for the drop."""
        return _MEANINGS[self]


_MEANINGS = {
    LateReason.QUEUED_TOO_LONG: "no job of it has begun to run within the route's "
    "limit; it waits on",
    LateReason.RUNNING_TOO_LONG: "no end of its job is on record within the route's "
    "limit; it is waited for",
    LateReason.PAST_DEADLINE: "the time that its route allows it is over; it goes on",
    LateReason.PAUSED: "its job is paused, and ends only if somebody acts",
    LateReason.UNKNOWN_STATE: "its job is in a state that dropbatch does not know; it "
    "is asked for in every poll",
    LateReason.SET_ASIDE: "every try came to an error, or ended its process; nothing "
    "more is done until an operator puts it back with 'dropbatch requeue'",
}
OF_STATE = {
    JobState.PAUSED: LateReason.PAUSED,
    JobState.UNKNOWN: LateReason.UNKNOWN_STATE,
}
_WAITING = (JobState.QUEUED, JobState.PENDING)
# What its marker keeps from polls is looked at again all the same: a slow poll may have
# written what was true before.
LOOK_AGAIN = {
    State.SET_ASIDE: timedelta(minutes=10),
    State.HELD: timedelta(hours=1),
    State.SUBMITTED: timedelta(days=1),
}
# An end that is not out so long after it was frozen is taken for one that can't be.
_TO_WRITE = timedelta(hours=1)
# In these nothing is left to be late with, or nobody is at it.
_AT_REST = (State.PUBLISHED, State.SET_ASIDE)


def late_reasons(record: Record, job: Job | None, now: datetime) -> list[LateReason]:
    """
    The reasons that hold now and for which no message is frozen; `job` is the drop's
    job as the service shows it, if it does.
    """
    unseen = job is None and record.state is State.SUBMITTED
    limits = _limits_unseen(record, now) if unseen else _limits(record, job, now)
    reasons = [reason for reason, at in limits if at <= now]
    if job and job.state in OF_STATE:
        reasons.append(OF_STATE[job.state])
    frozen = {late.reason for late in record.late}
    return [reason for reason in reasons if reason not in frozen]


def has_waited_too_long(record: Record, now: datetime) -> bool:
    """Whether no job of it has begun to run within its limit, told or not."""
    limits = _limits(record, None, now)
    return any(
        reason is LateReason.QUEUED_TOO_LONG and at <= now for reason, at in limits
    )


def next_look(record: Record, job: Job | None, now: datetime) -> datetime | None:
    """
    When the record must be read again at the latest, whatever its marker says: when
    another reason may hold, when a message that is frozen may be published by anybody,
    or when what the marker says may be stale.
    """
    frozen = {late.reason for late in record.late}
    limits = _limits(record, job, now)
    times = [at for reason, at in limits if reason not in frozen]
    leases = [late.lease_until for late in record.late if not late.message_id]
    times += [min(until, now + LONGEST_LEASE) for until in leases]
    if record.state in LOOK_AGAIN:
        times.append(now + LOOK_AGAIN[record.state])
    return min(times, default=None)


def _limits_unseen(
    record: Record, now: datetime
) -> Iterator[tuple[LateReason, datetime]]:
    """Of a job that nobody shows, it can only be said what must be over by now."""
    for reason, at in _limits(record, None, now):
        if reason is LateReason.PAST_DEADLINE:
            yield reason, at
        elif reason is LateReason.RUNNING_TOO_LONG:
            yield reason, at + timedelta(seconds=record.route.limits.queue_seconds)


def _limits(
    record: Record, job: Job | None, now: datetime
) -> Iterator[tuple[LateReason, datetime]]:
    """Each limit that may still be passed, and when it is at the earliest."""
    if record.state in _AT_REST:
        return
    limits, times = record.route.limits, record.times
    dropped = record.drop.dropped_at
    claimed = _not_ahead(times.claimed, now) or dropped
    queued = timedelta(seconds=limits.queue_seconds)
    running = timedelta(seconds=limits.run_seconds)
    is_ending = record.state is State.PUBLISHING
    if limits.deadline_seconds:
        deadline = timedelta(seconds=limits.deadline_seconds)
        yield LateReason.PAST_DEADLINE, dropped + deadline
    elif is_ending:
        # Else an end that can't be written would be waited for in silence.
        written = (_not_ahead(times.frozen, now) or claimed) + _TO_WRITE
        yield LateReason.PAST_DEADLINE, max(claimed + queued + running, written)
    if is_ending:
        return
    if job is None or job.state in _WAITING:
        yield LateReason.QUEUED_TOO_LONG, claimed + queued
    if record.state is State.SUBMITTED:
        began = _not_ahead(times.submitted, now) or claimed
        if job and job.state in _WAITING:
            began = now
        elif job and job.started_at:
            began = job.started_at
        yield LateReason.RUNNING_TOO_LONG, began + running


def _not_ahead(time: datetime | None, now: datetime) -> datetime | None:
    """The time, unless a clock that was ahead has written it."""
    return time if time and time <= now + CLOCKS_DIFFER else None
