"""How a drop ends: its message is frozen, announced, and its marker removed."""

from dataclasses import dataclass, replace

from shared.errors import ConflictError
from shared.jobs import results_folder
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.messages import DROP_JSON, freeze, pointer, pointer_name
from shared.outcomes import Ending
from shared.ports import Announcements, Clock, Objects
from shared.records import State
from shared.settings import Settings


def end(
    entry: Entry,
    ending: Ending,
    *,
    ledger: Ledger,
    settings: Settings,
    now: Clock,
    raw_folders: tuple[str, ...] = (),
) -> Entry:
    """
    Write down how the drop ends, as the bytes that will be published.

    Nothing is announced yet: whoever holds the publish lease does that, as
    often as it takes. Raises LostRaceError.
    """
    record, at = entry.record, now()
    message = freeze(record, ending, raw_folders=raw_folders, settings=settings, now=at)
    entry = ledger.move(
        entry,
        state=State.PUBLISHING,
        lease_until=None,
        not_before=None,
        message=message,
        times=replace(record.times, frozen=at),
    )
    log(
        "ended",
        drop_id=record.drop_id,
        outcome=ending.outcome,
        reason=ending.reason or None,
    )
    return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The last steps of a drop, with the ports they need."""

    settings: Settings
    ledger: Ledger
    objects: Objects
    announcements: Announcements
    now: Clock

    def announce(self, entry: Entry) -> Entry:
        """
        Publish the frozen message and write down that it is out.

        At least once: after a crash in between, the next owner of the lease
        publishes the same bytes under the same event id. The results folder
        says the same before any subscriber can look. Raises LostRaceError.
        """
        until = self.now() + self.settings.time("publish_lease")
        entry = self.ledger.move(entry, lease_until=until)
        record, message = entry.record, entry.record.message
        if message is None:
            raise ValueError(f"drop {record.drop_id} has no frozen message")
        bucket = self.settings.results_bucket
        folder = results_folder(record.drop, record.route)
        self._write_once(bucket, folder + DROP_JSON, message.data.encode())
        self._write_once(
            bucket,
            pointer_name(record.drop),
            pointer(record, results_bucket=bucket),
        )
        # Publish before writing that it is published: a crash between the two
        # repeats the message, which its id lets consumers drop; the other order
        # would lose it.
        message_id = self.announcements.publish(
            message.data.encode(), message.attributes
        )
        entry = self.ledger.move(
            entry,
            state=State.PUBLISHED,
            lease_until=None,
            message_id=message_id,
            times=replace(record.times, published=self.now()),
        )
        log("announced", drop_id=record.drop_id, message_id=message_id)
        return entry

    def _write_once(self, bucket: str, name: str, content: bytes) -> None:
        try:
            self.objects.write(bucket, name, content, if_generation=0)
        except ConflictError:
            # Its content depends on the frozen record alone, so what is there
            # is what we would write.
            return
