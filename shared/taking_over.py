"""A claim that somebody left, carried on; a check that kills its process is counted."""

from dataclasses import dataclass

from shared.holding import Wait
from shared.ledger import Entry, Ledger
from shared.ports import Clock
from shared.records import State
from shared.setting_aside import SettingAside
from shared.settings import Settings
from shared.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingOver:
    """The step of a poll that checks and stages, with the steps and ports it needs."""

    settings: Settings
    ledger: Ledger
    setting_aside: SettingAside
    submission: Submission
    now: Clock

    def carry_on(self, entry: Entry) -> Entry | None:
        """
        Carry on a claim, or what has to be staged again, with its failure counted
        before: whatever comes of it takes that back, and a check that kills its process
        never comes back. The job is left to the route's queue, where a poll counts what
        it asks for; return the drop as it is held, if it is. Raises LostRaceError.
        """
        record = entry.record
        if record.failures >= self.settings.set_aside_tries:
            self.setting_aside.set_aside(entry)
            return None
        entry = self.ledger.move(
            entry,
            state=State.CLAIMED,
            lease_until=self.now() + self.settings.time("claim_lease"),
            failures=record.failures + 1,
        )
        return self.submission.carry_on(entry, Wait.TAKEN_OVER)
