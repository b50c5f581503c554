"""What somebody left, carried on; a step that kills its process is counted."""

from dataclasses import dataclass

from shared.holding import Wait
from shared.ledger import Entry, Ledger
from shared.ports import Clock
from shared.records import State
from shared.setting_aside import SettingAside
from shared.settings import Settings
from shared.submission import Submission
from shared.waiting import hold_time, is_over, waits

_LEASES = {State.CLAIMED: "claim_lease", State.PUBLISHING: "publish_lease"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingOver:
    """How a poll acts for whoever is gone, with the steps and ports it needs."""

    settings: Settings
    ledger: Ledger
    setting_aside: SettingAside
    submission: Submission
    now: Clock

    def is_left(self, entry: Entry) -> bool:
        """Whether a claim or an announcement is nobody's, and its next try is due."""
        record, now = entry.record, self.now()
        if waits(record.retry_at, self.settings, now):
            return False
        longest = self.settings.time(_LEASES[record.state])
        return is_over(record.lease_until, now, longest=longest)

    def carry_on(self, entry: Entry) -> Entry | None:
        """
        Carry on a claim, or what has to be staged again. The job is left to the route's
        queue, where a poll counts what it asks for; return the drop as it is held, if
        it is. Raises LostRaceError.
        """
        taken = self.take(entry, State.CLAIMED)
        return self.submission.carry_on(taken, Wait.TAKEN_OVER) if taken else None

    def take(self, entry: Entry, state: State) -> Entry | None:
        """
        Take the lease of this state, of a drop whose holder is gone, or had none, and
        count that: whoever comes back takes the count back, with an error or without.
        The next who takes it over waits the longer, the more in a row did not come
        back; and after enough of them the drop is set aside: None. Raises
        LostRaceError.
        """
        now, take_overs = self.now(), entry.record.take_overs
        if take_overs >= self.settings.set_aside_tries:
            self.setting_aside.set_aside(entry)
            return None
        take_overs += 1
        wait = hold_time(self.settings, entry.record.drop_id, take_overs)
        return self.ledger.move(
            entry,
            state=state,
            lease_until=now + self.settings.time(_LEASES[state]),
            take_overs=take_overs,
            retry_at=now + wait,
        )
