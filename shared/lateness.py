"""
A drop that is late is announced as that: once for each reason, while it goes on.

The message is frozen in the record before it is published, as the last one is, and is
published by whoever holds its lease, as often as it takes.
"""

from dataclasses import dataclass, replace
from typing import Any

from shared.jobs import Job
from shared.late_reasons import LateReason, late_reasons
from shared.ledger import Entry, Ledger
from shared.logs import Severity, log
from shared.messages import freeze
from shared.outcomes import Ending, Fault, Outcome
from shared.ports import Announcements, Clock
from shared.records import Late, Record
from shared.settings import Settings
from shared.waiting import is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """A drop is told of as late once for each reason, and goes on."""

    settings: Settings
    ledger: Ledger
    announcements: Announcements
    now: Clock

    def look(self, entry: Entry, job: Job | None = None) -> Entry:
        """
        Announce the drop as late for every reason that holds now and was not told;
        `job` is its job as the service shows it, if it does. Raises LostRaceError.
        """
        record = entry.record
        new = late_reasons(record, job, self.now())
        if new:
            frozen = tuple(self.freeze(record, reason, job) for reason in new)
            entry = self.ledger.move(entry, late=(*record.late, *frozen))
        return self.tell(entry, *new)

    def freeze(
        self, record: Record, reason: LateReason, job: Job | None = None
    ) -> Late:
        """The message that the drop is late, as it will be published."""
        fault = Fault(code=reason, message=reason.meaning, retryable=False)
        ending = Ending(outcome=Outcome.LATE, reason=reason, fault=fault, job=job)
        now = self.now()
        message = freeze(
            record, ending, raw_folders=(), settings=self.settings, now=now
        )
        lease = now + self.settings.time("publish_lease")
        return Late(reason=reason, message=message, lease_until=lease)

    def tell(self, entry: Entry, *ours: LateReason) -> Entry:
        """
        Publish what was frozen and is not known to be out: what is `ours`, and what
        somebody else froze whose lease is over. Raises LostRaceError.
        """
        for late in entry.record.late:
            if late.message_id:
                continue
            if late.reason not in ours:
                lease = self.settings.time("publish_lease")
                if not is_over(late.lease_until, self.now(), longest=lease):
                    continue
                until = self.now() + lease
                entry = self._change(entry, late.reason, lease_until=until)
            message = late.message
            message_id = self.announcements.publish(
                message.data.encode(), message.attributes
            )
            entry = self._change(entry, late.reason, message_id=message_id)
            # After the swap, so that a repeat of the message is not counted.
            log(
                "late",
                severity=Severity.WARNING,
                drop_id=entry.record.drop_id,
                route=entry.record.route.prefix,
                reason=late.reason,
                message_id=message_id,
            )
        return entry

    def _change(self, entry: Entry, reason: str, **changes: Any) -> Entry:
        changed = tuple(
            replace(late, **changes) if late.reason == reason else late
            for late in entry.record.late
        )
        return self.ledger.move(entry, late=changed)
