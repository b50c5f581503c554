"""
One subscription at work: leases, acknowledgements, and who waits for messages.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from math import inf

from localcloud.pubsub.delivery.ack_ids import AckId, read_ack_id
from localcloud.pubsub.delivery.backlog import Backlog
from localcloud.pubsub.delivery.entries import Entry, Holder, State
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.resources.terms import Terms, terms_of
from localcloud.pubsub.state.message_rows import MessageRows, StoredMessage
from localcloud.pubsub.wire import (
    MessagePb,
    PubsubMessage,
    ReceivedMessage,
    SubscriptionPb,
)


class Feed:
    """
    Hands out a subscription's messages and takes them back.

    Ends by `close`, after which every call raises the refusal it was closed with.
    """

    def __init__(
        self,
        *,
        number: int,
        subscription: SubscriptionPb,
        rows: MessageRows,
        run: int,
        seconds_now: Callable[[], float],
    ) -> None:
        self.number = number
        self.subscription = subscription
        self._rows = rows
        self._run = run
        self._now = seconds_now
        self._watchers: list[Callable[[], None]] = []
        self._known_due = inf
        self._refusal: RefusedError | None = None
        self._backlog = Backlog(terms_of(subscription))
        self._backlog.add(rows.backlog(number))

    @property
    def terms(self) -> Terms:
        return self._backlog.terms

    @property
    def entries(self) -> Collection[Entry]:
        """
        What is there, to be looked at: nothing is leased by it.
        """
        return self._backlog.entries

    def content(self, entry: Entry) -> MessagePb:
        return PubsubMessage.FromString(self._rows.body(entry.seq))

    def change(self, subscription: SubscriptionPb) -> None:
        self.subscription = subscription
        self._backlog.terms = terms_of(subscription)

    def close(self, refusal: RefusedError) -> None:
        self._refusal = refusal
        self._backlog.void()
        self._ring()

    def watch(self, ring: Callable[[], None]) -> None:
        """
        Call `ring` whenever a lease that found nothing might now find something.
        """
        self._watchers.append(ring)

    def unwatch(self, ring: Callable[[], None]) -> None:
        self._watchers.remove(ring)

    def add(self, messages: Iterable[StoredMessage]) -> None:
        self._backlog.add(message.entry() for message in messages)
        self._ring_if_waiting()

    def reload(self) -> None:
        """
        Begin anew from what is kept. Every lease is over.
        """
        self._backlog.void()
        self._backlog = Backlog(self.terms)
        self._backlog.add(self._rows.backlog(self.number))
        self._ring_if_waiting()

    def lease(
        self, *, holder: Holder, limit: int, seconds: float | None = None
    ) -> list[MessagePb]:
        """
        Messages for this holder, each with an ack id, until their deadline.

        Whoever watches and got something is rung last the next time.
        """
        self._advance()
        leased = self._backlog.lease(
            self._now(),
            holder=holder,
            limit=limit,
            seconds=seconds or self.terms.ack_deadline_seconds,
        )
        if leased and holder.on_room in self._watchers:
            self._watchers.remove(holder.on_room)
            self._watchers.append(holder.on_room)
        self._ring_if_earlier()
        return [self._received(entry) for entry in leased]

    def next_due(self) -> float | None:
        """
        When something that is held or rests may have to go again. Whoever sleeps
        until then is rung when the time turns out to be earlier.
        """
        due = self._backlog.next_due()
        self._known_due = inf if due is None else due
        return due

    def acknowledge(self, ack_ids: Sequence[str]) -> list[str]:
        """
        Be done with these messages; return the ack ids that came too late.

        Late is what was given back, or has gone to another holder since. With
        exactly-once delivery it is everything whose deadline has passed, or that is
        no ack id at all.
        """
        self._advance()
        over, stale = [], []
        for text, ack_id in self._read(ack_ids):
            entry = ack_id and self._backlog.get(ack_id.seq)
            if ack_id and entry and self._counts(ack_id, entry):
                over += self._backlog.acknowledge(entry)
            else:
                stale.append(text)
        if over:
            self._rows.settle(self.number, over, retain=self.terms.retains_acked)
        self._ring_if_waiting()
        return stale

    def modify(self, deadlines: Sequence[tuple[str, int]]) -> list[str]:
        """
        Set deadlines from now on; zero gives a message back. Return the ack ids
        that hold nothing any more.
        """
        self._advance()
        now, failed, stale = self._now(), [], []
        read = self._read([text for text, _ in deadlines])
        for (text, ack_id), (_, seconds) in zip(read, deadlines, strict=True):
            entry = ack_id and self._backlog.get(ack_id.seq)
            if not (ack_id and entry and self._holds(ack_id, entry)):
                stale.append(text)
            elif seconds:
                self._backlog.extend(entry, now + seconds)
            else:
                entry.lease += 1  # whoever gives back can't acknowledge after that
                self._backlog.fail(entry, now)
                failed.append(entry)
        self._count(failed)
        self._ring_if_waiting()
        self._ring_if_earlier()
        return stale

    def _advance(self) -> None:
        if self._refusal:
            raise self._refusal
        now = self._now()
        self._count(self._backlog.missed(now))
        if outdated := self._backlog.outdated(now):
            self._rows.settle(self.number, outdated, retain=False)

    def _count(self, failed: list[Entry]) -> None:
        if failed and self.terms.counts_attempts:
            self._rows.count_failures(self.number, failed)

    def _read(self, ack_ids: Sequence[str]) -> list[tuple[str, AckId | None]]:
        read: list[tuple[str, AckId | None]] = []
        for text in ack_ids:
            try:
                read.append((text, read_ack_id(text, subscription=self.number)))
            except RefusedError:
                if not self.terms.exactly_once:
                    raise
                read.append((text, None))
        return read

    def _holds(self, ack_id: AckId, entry: Entry) -> bool:
        return entry.state is State.HELD and self._is_latest(ack_id, entry)

    def _counts(self, ack_id: AckId, entry: Entry) -> bool:
        if self.terms.exactly_once:
            return self._holds(ack_id, entry)
        # Leases of earlier runs are not known: theirs are the latest while there is
        # none of this run.
        return self._is_latest(ack_id, entry) or (
            ack_id.run < self._run and entry.lease == 0
        )

    def _is_latest(self, ack_id: AckId, entry: Entry) -> bool:
        return (ack_id.run, ack_id.lease) == (self._run, entry.lease)

    def _received(self, entry: Entry) -> MessagePb:
        received = ReceivedMessage()
        received.ack_id = str(
            AckId(
                subscription=self.number,
                seq=entry.seq,
                run=self._run,
                lease=entry.lease,
            )
        )
        received.message.ParseFromString(self._rows.body(entry.seq))
        if self.terms.counts_attempts:
            received.delivery_attempt = entry.failures + 1
        return received

    def _ring_if_waiting(self) -> None:
        if self._backlog.is_waiting:
            self._ring()

    def _ring_if_earlier(self) -> None:
        due = self._backlog.next_due()
        if due is not None and due < self._known_due:
            self._known_due = due
            self._ring()

    def _ring(self) -> None:
        for ring in tuple(self._watchers):
            ring()
