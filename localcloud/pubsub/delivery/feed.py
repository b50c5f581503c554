"""
One subscription at work: leases, acknowledgements, and who waits for messages.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from math import inf

from localcloud.pubsub.delivery.backlog import Backlog
from localcloud.pubsub.delivery.entries import Entry, Holder
from localcloud.pubsub.delivery.leases import Leases
from localcloud.pubsub.refusals import Code, RefusedError
from localcloud.pubsub.resources.terms import Terms, terms_of
from localcloud.pubsub.state.message_rows import MessageRows
from localcloud.pubsub.state.stored_messages import StoredMessage
from localcloud.pubsub.wire import MessagePb, ReceivedMessage, SubscriptionPb

Bury = Callable[["Feed", Sequence[Entry]], Sequence[Entry]]
"""
Forwards messages that were attempted often enough; returns those that it did.
"""


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
        bury: Bury = lambda feed, exhausted: [],
    ) -> None:
        self.number = number
        self.subscription = subscription
        self._rows = rows
        self._leases = Leases(subscription=number, run=run)
        self._now = seconds_now
        self._bury = bury
        self._watchers: list[Callable[[], None]] = []
        self._known_due = inf
        # A restart counts as use: a laptop that was asleep has deleted nothing.
        self._used = seconds_now()
        self._refusal: RefusedError | None = None
        self._backlog = Backlog(terms_of(subscription))
        self._backlog.add(rows.backlog(number))

    @property
    def terms(self) -> Terms:
        return self._backlog.terms

    @property
    def entries(self) -> Collection[Entry]:
        return self._backlog.entries

    def body(self, entry: Entry) -> bytes:
        return self._rows.body(entry.seq)

    @property
    def is_pushed(self) -> bool:
        """
        Its messages go to an endpoint, and to nobody who pulls.
        """
        pushed = bool(self.subscription.push_config.push_endpoint)
        return pushed and self._refusal is None

    def check_pulled(self) -> None:
        if self._refusal:
            raise self._refusal
        if self.is_pushed:
            raise RefusedError(
                Code.FAILED_PRECONDITION,
                "This method is not supported for push subscriptions.",
            )

    @property
    def has_expired(self) -> bool:
        """
        Nobody has pulled or acknowledged, or taken a push, for too long. An open
        stream is somebody who pulls.
        """
        if self._watchers and not self.is_pushed:
            self._used = self._now()
        return self._now() - self._used > self.terms.expires_after_seconds

    def change(self, subscription: SubscriptionPb) -> None:
        self.subscription = subscription
        self._backlog.terms = terms_of(subscription)
        self._ring()

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
        if not self.is_pushed:
            self._used = self._now()
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
        self._used = self._now()
        over, stale, once = [], [], self.terms.exactly_once
        for text, ack_id in self._leases.read(ack_ids, exactly_once=once):
            entry = ack_id and self._backlog.get(ack_id.seq)
            counts = self._leases.counts
            if ack_id and entry and counts(ack_id, entry, exactly_once=once):
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
        texts = [text for text, _ in deadlines]
        read = self._leases.read(texts, exactly_once=self.terms.exactly_once)
        for (text, ack_id), (_, seconds) in zip(read, deadlines, strict=True):
            entry = ack_id and self._backlog.get(ack_id.seq)
            if not (ack_id and entry and self._leases.holds(ack_id, entry)):
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

    def advance(self) -> None:
        """
        Do what has come due, though nobody asks for messages.
        """
        if not self._refusal:
            self._advance()
            self._ring_if_waiting()

    def _advance(self) -> None:
        if self._refusal:
            raise self._refusal
        now = self._now()
        self._count(self._backlog.missed(now))
        if outdated := self._backlog.outdated(now):
            self._rows.settle(self.number, outdated, retain=False)

    def _count(self, failed: list[Entry]) -> None:
        most = self.terms.most_attempts
        if not (failed and most):
            return
        self._rows.count_failures(self.number, failed)
        exhausted = [entry for entry in failed if entry.failures >= most]
        for entry in self._bury(self, exhausted) if exhausted else ():
            self._backlog.drop(entry)

    def _received(self, entry: Entry) -> MessagePb:
        received = ReceivedMessage()
        received.ack_id = self._leases.ack_id(entry)
        received.message.ParseFromString(self._rows.body(entry.seq))
        if self.terms.most_attempts:
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
