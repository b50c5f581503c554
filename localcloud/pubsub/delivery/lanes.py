"""
Ordering keys: the messages of one key go one after the other, to one puller.

Messages of a key may be out together, but only with one holder. When one fails,
every later one of the key goes again after it, acknowledged or not, as on the
service: https://cloud.google.com/pubsub/docs/ordering
"""

from collections import deque
from itertools import islice

from localcloud.pubsub.delivery.entries import Entry, Holder, State


class Lane:
    """
    The messages of one ordering key in the order of their publication.

    The first `out` of them have been handed out; none after those has.
    """

    def __init__(self) -> None:
        self._queue: deque[Entry] = deque()
        self._out = 0

    @property
    def is_empty(self) -> bool:
        return not self._queue

    @property
    def next(self) -> Entry | None:
        """
        The one message that may be handed out now.
        """
        if self._out < len(self._queue):
            entry = self._queue[self._out]
            if entry.state is State.READY:
                return entry
        return None

    def add(self, entry: Entry) -> None:
        self._queue.append(entry)

    def is_open_to(self, holder: Holder) -> bool:
        return all(
            entry.holder in (None, holder) for entry in islice(self._queue, self._out)
        )

    def handed_out(self) -> None:
        self._out += 1

    def fail(self, entry: Entry) -> None:
        """
        Everything that was handed out after `entry` has to go again.
        """
        position = self._queue.index(entry)
        for later in islice(self._queue, position + 1, self._out):
            later.move_to(State.READY)
        self._out = min(self._out, position)

    def settle(self, entry: Entry) -> list[Entry]:
        """
        The messages that are over, now that `entry` has been acknowledged.

        An acknowledged message is over only when all before it are: until then
        a failure of those would call it back.
        """
        entry.move_to(State.ACKED)
        over = []
        while self._queue and self._queue[0].state is State.ACKED:
            over.append(self._queue.popleft())
            self._out = max(self._out - 1, 0)
        return over

    def drop(self, entry: Entry) -> None:
        """
        The entry leaves the lane, wherever it stands.
        """
        position = self._queue.index(entry)
        del self._queue[position]
        if position < self._out:
            self._out -= 1
