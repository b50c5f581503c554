"""The last steps of a drop: it is announced, and that is written down."""

from dataclasses import dataclass, replace

import msgspec

from shared.errors import ConflictError, ForbiddenError
from shared.jobs import results_folder
from shared.ledger import Entry, Ledger
from shared.logs import log
from shared.messages import DROP_JSON, REPORT, pointer, pointer_name
from shared.ports import Announcements, Clock, Objects
from shared.records import Record, State
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What is frozen comes out, with its folder of results before it."""

    settings: Settings
    ledger: Ledger
    objects: Objects
    announcements: Announcements
    now: Clock

    def announce(self, entry: Entry) -> Entry:
        """
        Publish the frozen message and write down that it is out, while the
        publish lease is ours.

        At least once: after a crash in between, the next owner of the lease
        publishes the same bytes under the same event id. The results folder
        says the same before any subscriber can look. Raises LostRaceError.
        """
        record, message = entry.record, entry.record.message
        if message is None:
            raise ValueError(f"drop {record.drop_id} has no frozen message")
        self._write_folder(record, message.data)
        # Publish before writing that it is published: a crash between the two
        # repeats the message, which its id lets consumers drop; the other order
        # would lose it.
        message_id = self.announcements.publish(
            message.data.encode(), message.attributes
        )
        now = self.now()
        entry = self.ledger.move(
            entry,
            state=State.PUBLISHED,
            lease_until=None,
            message_id=message_id,
            times=replace(record.times, published=now),
        )
        # After the swap, so that a repeat of the message is not counted.
        log(
            "announced",
            drop_id=record.drop_id,
            route=record.route.prefix,
            outcome=message.attributes["outcome"],
            seconds=round((now - record.drop.dropped_at).total_seconds(), 3),
            message_id=message_id,
        )
        return entry

    def _write_folder(self, record: Record, data: str) -> None:
        folder = results_folder(record.drop, record.route)
        if record.report:
            report = {
                "drop_id": record.drop_id,
                "problem_count": record.report.problem_count,
                "problems": record.report.problems,
            }
            self._write_once(folder + REPORT, msgspec.json.encode(report))
        self._write_once(folder + DROP_JSON, data.encode())
        self._write_once(
            pointer_name(record.drop),
            pointer(record, results_bucket=self.settings.results_bucket),
        )

    def _write_once(self, name: str, content: bytes) -> None:
        bucket = self.settings.results_bucket
        try:
            self.objects.write(bucket, name, content, if_generation=0)
        except ConflictError:
            # Its content depends on the frozen record alone, so what is there
            # is what we would write.
            return
        except ForbiddenError:
            # We may not overwrite here, which may be told before the conflict is.
            # Listed and not read: results are not ours to read.
            if name not in {info.name for info in self.objects.list(bucket, name)}:
                raise
