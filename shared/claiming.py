"""A drop is claimed, once for ever, whoever tells of it: an event, a poll, a look."""

from dataclasses import dataclass

from shared.drops import Drop
from shared.errors import EventError
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.markers import Markers
from shared.ports import Clock
from shared.records import Record, State, Times
from shared.routes import Route
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """The first step of every drop, with the ports it needs."""

    settings: Settings
    ledger: Ledger
    markers: Markers
    now: Clock

    def claim(self, drop: Drop, route: Route, *, stays: bool = True) -> Entry | None:
        """
        Make the drop ours, marker first; None when it is somebody's already. Unless
        the caller `stays` at work on it, the next poll carries on.
        Raises EventError for an object that is not in the inbox, or so old that its
        record may have been deleted, whoever tells of it.
        """
        self.expect_inbox(drop)
        self._expect_record(drop)
        self.markers.mark(drop, route)
        now = self.now()
        entry = self.ledger.claim(
            Record(
                drop=drop,
                route=route,
                state=State.CLAIMED,
                owner="",
                lease_until=now + self.settings.time("claim_lease") if stays else None,
                times=Times(claimed=now),
            )
        )
        if entry:
            log("claimed", drop_id=drop.drop_id, name=drop.quoted_name)
        return entry

    def expect_inbox(self, drop: Drop) -> None:
        """Raise EventError for an object that lies elsewhere."""
        if drop.bucket != self.settings.inbox_bucket:
            raise EventError(f"bucket {drop.bucket!r} is not the inbox")

    def _expect_record(self, drop: Drop) -> None:
        # One that was billed for and one that never was look the same by now.
        if drop.dropped_at <= self.now() - self.settings.time("records_kept"):
            raise EventError(f"drop {drop.drop_id} is older than records are kept")
