"""A claim's lease, kept while its owner is at work on something long."""

from datetime import datetime

from shared.errors import PermanentError, TransientError
from shared.ledger import Entry, Ledger
from shared.ports import Clock
from shared.settings import Settings


class Lease:
    """The claim in `entry`, which each renewal replaces."""

    def __init__(
        self, entry: Entry, *, ledger: Ledger, settings: Settings, now: Clock
    ) -> None:
        self.entry = entry
        self._ledger = ledger
        self._length = settings.time("claim_lease")
        self._period = settings.time("claim_renew")
        self._now = now
        self._renew_at: datetime = now() + self._period

    def keep(self) -> None:
        """Renew the lease when it is time. Raises LostRaceError if it was lost."""
        now = self._now()
        if now < self._renew_at:
            return
        try:
            self.entry = self._ledger.move(self.entry, lease_until=now + self._length)
        except PermanentError as error:
            # Of the ledger, which must not be taken for an answer about the file that
            # streams by.
            raise TransientError(f"the lease is not renewed: {error}") from error
        self._renew_at = now + self._period
