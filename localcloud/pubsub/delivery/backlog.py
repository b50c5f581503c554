"""
One subscription's backlog: what is to be delivered, held, or resting.

It has no timers of its own. Whoever calls says what time it is, and everything
whose time has come by then happens first; `next_due` says when to come again.
"""

from collections import deque
from collections.abc import Collection, Iterable
from heapq import heappop, heappush

from localcloud.pubsub.delivery.entries import Entry, Holder, State
from localcloud.pubsub.delivery.lanes import Lane
from localcloud.pubsub.resources.terms import Terms

# A reply is closed once it holds as much as the largest message that there is.
_REPLY_BYTES = 10_000_000
# Entries that are over stay queued by age until they come first, or are too many.
_SPARE = 1_000


class Backlog:
    """
    Each message goes to one holder at a time, until it is acknowledged.

    A message that was nacked, or whose lease ran out, goes again: at once, or
    after the backoff that the retry policy asks for.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._entries: dict[int, Entry] = {}
        self._ready: list[int] = []
        self._timers: list[tuple[float, int]] = []
        self._by_age: deque[Entry] = deque()
        self._lanes: dict[str, Lane] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, seq: int) -> Entry | None:
        return self._entries.get(seq)

    @property
    def entries(self) -> Collection[Entry]:
        """
        All of them, to be looked at, in the order in which they came.
        """
        return self._entries.values()

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._entries[entry.seq] = entry
            self._by_age.append(entry)
            if self._is_in_a_lane(entry):
                self._lanes.setdefault(entry.ordering_key, Lane()).add(entry)
            self._offer(entry)
        if len(self._by_age) > 2 * len(self._entries) + _SPARE:
            self._by_age = deque(self._entries.values())

    def lease(
        self, now: float, *, holder: Holder, limit: int, seconds: float
    ) -> list[Entry]:
        """
        Hand out up to `limit` messages, oldest first, as far as the holder has room
        and one reply has.
        """
        leased: list[Entry] = []
        set_aside: list[int] = []
        size = 0
        while (
            self._ready
            and len(leased) < limit
            and size < _REPLY_BYTES
            and holder.has_room
        ):
            seq = heappop(self._ready)
            entry = self._entries.get(seq)
            if entry is None or entry.state is not State.READY:
                continue
            lane = self._lane_of(entry)
            if lane and lane.next is not entry:
                continue  # offered again as soon as the one before it is out
            if lane and not lane.is_open_to(holder):
                set_aside.append(seq)
                continue
            entry.hold(holder, now + seconds)
            heappush(self._timers, (entry.due, seq))
            leased.append(entry)
            size += entry.size
            if lane:
                lane.handed_out()
                self._offer_next_of(lane)
        for seq in set_aside:
            heappush(self._ready, seq)
        return leased

    def acknowledge(self, entry: Entry) -> list[Entry]:
        """
        Take an acknowledgement of a held message, or a late one; return what is
        over by it. It can be nothing yet, with an ordering key.
        """
        lane = self._lane_of(entry)
        if not lane:
            return self._forget([entry])
        # A late one cannot count here: later messages of the key go again after it.
        if entry.state is not State.HELD:
            return []
        return self._forget(lane.settle(entry))

    def extend(self, entry: Entry, until: float) -> None:
        entry.due = until
        heappush(self._timers, (until, entry.seq))

    def fail(self, entry: Entry, at: float) -> None:
        """
        The holder gave the message back, or kept it for too long.
        """
        entry.failures += 1
        rest = self.terms.backoff_seconds(entry.failures)
        if rest > 0:
            entry.move_to(State.RESTING, due=at + rest)
            heappush(self._timers, (entry.due, entry.seq))
        else:
            entry.move_to(State.READY)
        if lane := self._lane_of(entry):
            lane.fail(entry)
        self._offer(entry)

    def missed(self, now: float) -> list[Entry]:
        """
        End every lease and every rest that is over; return the failed messages.
        """
        failed = []
        while self._timers and self._timers[0][0] <= now:
            due, seq = heappop(self._timers)
            entry = self._entries.get(seq)
            if entry is None or entry.due != due:
                continue  # acknowledged, given back or extended meanwhile
            if entry.state is State.HELD:
                self.fail(entry, due)  # not `now`: its rest began without anybody
                failed.append(entry)
            else:
                entry.move_to(State.READY)
                self._offer(entry)
        return failed

    def outdated(self, now: float) -> list[Entry]:
        """
        Drop every message that is older than the retention, held or not.
        """
        oldest = now - self.terms.retention_seconds
        dropped = []
        while self._by_age:
            entry = self._by_age[0]
            if entry.state is not State.GONE:
                if entry.published > oldest:
                    break
                self.drop(entry)
                dropped.append(entry)
            self._by_age.popleft()
        return dropped

    def drop(self, entry: Entry) -> None:
        """
        The message is over, wherever it stands. What waited for it may go.
        """
        if lane := self._lane_of(entry):
            lane.drop(entry)
            self._offer_next_of(lane)
        self._forget([entry])

    def next_due(self) -> float | None:
        while self._timers:
            due, seq = self._timers[0]
            entry = self._entries.get(seq)
            if entry is not None and entry.due == due:
                return due
            heappop(self._timers)
        return None

    @property
    def is_waiting(self) -> bool:
        """
        There may be something to lease.
        """
        return bool(self._ready)

    def void(self) -> None:
        """
        Take everything back from every holder and forget it.
        """
        self._forget(list(self._entries.values()))

    def _forget(self, entries: list[Entry]) -> list[Entry]:
        for entry in entries:
            entry.move_to(State.GONE)
            self._entries.pop(entry.seq, None)
            lane = self._lane_of(entry)
            if lane and lane.is_empty:
                del self._lanes[entry.ordering_key]
        return entries

    def _is_in_a_lane(self, entry: Entry) -> bool:
        return self.terms.ordered and bool(entry.ordering_key)

    def _lane_of(self, entry: Entry) -> Lane | None:
        if not self._is_in_a_lane(entry):
            return None
        return self._lanes.get(entry.ordering_key)

    def _offer(self, entry: Entry) -> None:
        if entry.state is not State.READY:
            return
        lane = self._lane_of(entry)
        if not lane or lane.next is entry:
            heappush(self._ready, entry.seq)

    def _offer_next_of(self, lane: Lane) -> None:
        if entry := lane.next:
            heappush(self._ready, entry.seq)
