"""How a drop ends is written down, before anybody is told."""

from dataclasses import dataclass, replace

from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.messages import freeze
from shared.outcomes import Ending
from shared.ports import Clock
from shared.records import Report, State
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """The step between an ending and its announcement."""

    settings: Settings
    ledger: Ledger
    now: Clock

    def end(
        self,
        entry: Entry,
        ending: Ending,
        *,
        raw_folders: tuple[str, ...] = (),
        report: Report | None = None,
        announcing: bool = False,
    ) -> Entry:
        """
        Write down how the drop ends, as the bytes that will be published.

        Whoever holds the publish lease announces it, as often as it takes: the
        caller, if it is `announcing`, or the next poll. Raises LostRaceError.
        """
        record, now = entry.record, self.now()
        lease = now + self.settings.time("publish_lease") if announcing else None
        entry = self.ledger.move(
            entry,
            state=State.PUBLISHING,
            lease_until=lease,
            not_before=None,
            report=report,
            message=freeze(
                record,
                ending,
                raw_folders=raw_folders,
                settings=self.settings,
                now=now,
            ),
            times=replace(record.times, frozen=now),
        )
        # Only who has swapped the record says so: once a drop.
        counts = ending.counts
        log(
            "ended",
            drop_id=record.drop_id,
            route=record.route.prefix,
            outcome=ending.outcome,
            reason=ending.reason or None,
            succeeded=counts.succeeded if counts else None,
            failed=counts.failed if counts else None,
            missing=counts.missing if counts else None,
        )
        return entry
