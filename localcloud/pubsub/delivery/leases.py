"""
Whose message it is: what the ack ids of one subscription are worth.
"""

from collections.abc import Sequence

from localcloud.pubsub.delivery.ack_ids import AckId, read_ack_id
from localcloud.pubsub.delivery.entries import Entry, State
from localcloud.pubsub.refusals import RefusedError


class Leases:
    """
    Gives ack ids out and judges those that come back.
    """

    def __init__(self, *, subscription: int, run: int) -> None:
        self._subscription = subscription
        self._run = run

    def ack_id(self, entry: Entry) -> str:
        """
        The id of the lease that an entry is out with.
        """
        return str(
            AckId(
                subscription=self._subscription,
                seq=entry.seq,
                run=self._run,
                lease=entry.lease,
            )
        )

    def read(
        self, ack_ids: Sequence[str], *, exactly_once: bool
    ) -> list[tuple[str, AckId | None]]:
        """
        Each with what it names. What is none is refused, and with exactly-once
        delivery told with the others that came too late.
        """
        read: list[tuple[str, AckId | None]] = []
        for text in ack_ids:
            try:
                read.append((text, read_ack_id(text, subscription=self._subscription)))
            except RefusedError:
                if not exactly_once:
                    raise
                read.append((text, None))
        return read

    def holds(self, ack_id: AckId, entry: Entry) -> bool:
        """
        The lease is not over.
        """
        return entry.state is State.HELD and self._is_latest(ack_id, entry)

    def counts(self, ack_id: AckId, entry: Entry, *, exactly_once: bool) -> bool:
        """
        An acknowledgement under this lease is one.
        """
        if exactly_once:
            return self.holds(ack_id, entry)
        # Leases of earlier runs are not known: theirs are the latest while there is
        # none of this run.
        return self._is_latest(ack_id, entry) or (
            ack_id.run < self._run and entry.lease == 0
        )

    def _is_latest(self, ack_id: AckId, entry: Entry) -> bool:
        return (ack_id.run, ack_id.lease) == (self._run, entry.lease)
