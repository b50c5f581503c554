"""
Messages as they are kept: once each, and a row for each copy of a subscription.
"""

from collections.abc import Iterable, Iterator

from localcloud.pubsub.delivery.entries import Entry
from localcloud.pubsub.state.database import Database
from localcloud.pubsub.state.stored_messages import MICROSECONDS, StoredMessage
from localcloud.pubsub.wire import PubsubMessage


class MessageRows:
    """
    One row for each message, as long as a copy is left or its topic retains it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next_seq = database.counter("seq")

    def next_seqs(self, count: int) -> range:
        """
        That many numbers that no message ever had, once `publish` has returned.
        """
        seqs = range(self._next_seq, self._next_seq + count)
        self._next_seq = seqs.stop
        return seqs

    def publish(
        self,
        topic: str,
        messages: Iterable[StoredMessage],
        copies: Iterable[tuple[int, StoredMessage]],
    ) -> None:
        """
        Keep the messages, and a copy for each subscription number in `copies`.
        """
        with self._database.writing() as rows:
            self._database.set_counter("seq", self._next_seq)
            rows.executemany(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?)",
                [
                    (each.seq, topic, each.published, each.retained_until, each.body)
                    for each in messages
                ],
            )
            self._add_copies(copies)

    def body(self, seq: int) -> bytes:
        found = self._database.connection.execute(
            "SELECT body FROM message WHERE seq = ?", (seq,)
        )
        return bytes(found.fetchone()[0])

    def backlog(self, number: int) -> list[Entry]:
        """
        What the subscription has still to deliver, oldest first.
        """
        rows = self._database.connection.execute(
            "SELECT seq, size, published, ordering_key, failures FROM delivery "
            "JOIN message USING (seq) WHERE subscription = ? AND NOT acked "
            "ORDER BY seq",
            (number,),
        )
        return [
            Entry(
                seq=seq,
                size=size,
                published=published / MICROSECONDS,
                ordering_key=key,
                failures=failures,
            )
            for seq, size, published, key, failures in rows
        ]

    def count_failures(self, number: int, entries: Iterable[Entry]) -> None:
        with self._database.writing() as rows:
            rows.executemany(
                "UPDATE delivery SET failures = ? WHERE subscription = ? AND seq = ?",
                [(entry.failures, number, entry.seq) for entry in entries],
            )

    def settle(self, number: int, entries: Iterable[Entry], *, retain: bool) -> None:
        """
        The copies are acknowledged: kept for a seek, or gone.
        """
        keys = [(number, entry.seq) for entry in entries]
        change = "UPDATE delivery SET acked = 1" if retain else "DELETE FROM delivery"
        with self._database.writing() as rows:
            rows.executemany(f"{change} WHERE subscription = ? AND seq = ?", keys)
            if not retain:
                rows.executemany(
                    "DELETE FROM message WHERE seq = ? AND retained_until = 0 AND NOT "
                    "EXISTS (SELECT 1 FROM delivery WHERE delivery.seq = message.seq)",
                    [(seq,) for _, seq in keys],
                )

    def retained(self, topic: str, since: int) -> Iterator[StoredMessage]:
        """
        What the topic itself still has that was published at that time or later.
        """
        rows = self._database.connection.execute(
            "SELECT seq, published, retained_until, body FROM message "
            "WHERE topic = ? AND published >= ? AND retained_until > 0 ORDER BY seq",
            (topic, since),
        )
        for seq, published, until, body in rows:
            yield StoredMessage(
                seq=seq,
                published=published,
                retained_until=until,
                message=PubsubMessage.FromString(body),
                body=body,
            )

    def seek(
        self, number: int, time: int, *, retain: bool, copies: Iterable[StoredMessage]
    ) -> None:
        """
        Copies that are older than `time` count as acknowledged. All others go out
        again, those in `copies` too.
        """
        with self._database.writing() as rows:
            self._add_copies((number, message) for message in copies)
            rows.execute(
                "UPDATE delivery SET acked = (SELECT published < ? FROM message "
                "WHERE seq = delivery.seq) WHERE subscription = ?",
                (time, number),
            )
            if not retain:
                rows.execute(
                    "DELETE FROM delivery WHERE subscription = ? AND acked", (number,)
                )
                self._sweep()

    def drop_backlog(self, number: int) -> None:
        with self._database.writing() as rows:
            rows.execute("DELETE FROM delivery WHERE subscription = ?", (number,))
            self._sweep()

    def drop_topic(self, topic: str) -> None:
        """
        What the topic retained goes; copies of subscriptions stay.
        """
        with self._database.writing() as rows:
            rows.execute(
                "UPDATE message SET topic = '', retained_until = 0 WHERE topic = ?",
                (topic,),
            )
            self._sweep()

    def sweep(self, now: int, oldest: Iterable[tuple[int, int]]) -> None:
        """
        Drop what is past its retention: copies that were published before the time
        that goes with their subscription's number, and what topics retain no more.
        """
        with self._database.writing() as rows:
            rows.executemany(
                "DELETE FROM delivery WHERE subscription = ? AND seq IN "
                "(SELECT seq FROM message WHERE published < ?)",
                oldest,
            )
            self._sweep(now)

    def _sweep(self, now: int = 0) -> None:
        self._database.connection.execute(
            "DELETE FROM message WHERE retained_until <= ? AND NOT EXISTS "
            "(SELECT 1 FROM delivery WHERE delivery.seq = message.seq)",
            (now,),
        )

    def _add_copies(self, copies: Iterable[tuple[int, StoredMessage]]) -> None:
        self._database.connection.executemany(
            "INSERT OR IGNORE INTO delivery (subscription, seq, size, ordering_key) "
            "VALUES (?, ?, ?, ?)",
            [
                (number, each.seq, len(each.body), each.message.ordering_key)
                for number, each in copies
            ],
        )
