"""
One message in one subscription's backlog, and whoever holds messages of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class State(StrEnum):
    """
    Where a message stands in one subscription.
    """

    READY = "ready"  # to be delivered now
    HELD = "held"  # leased, until its deadline
    RESTING = "resting"  # to be delivered after its backoff
    ACKED = "acked"  # waits only for earlier messages of its ordering key
    GONE = "gone"  # acknowledged, or past its retention


class Holder:
    """
    A puller: what it holds, and how much it may hold at once. Zero is no limit.

    `on_room` is called when something that it held was given back.
    """

    __slots__ = ("bytes", "max_bytes", "max_messages", "messages", "on_room")

    def __init__(
        self,
        *,
        max_messages: int = 0,
        max_bytes: int = 0,
        on_room: Callable[[], None] = lambda: None,
    ) -> None:
        self.max_messages = max(max_messages, 0)
        self.max_bytes = max(max_bytes, 0)
        self.on_room = on_room
        self.messages = 0
        self.bytes = 0

    @property
    def has_room(self) -> bool:
        return not (
            (self.max_messages and self.messages >= self.max_messages)
            or (self.max_bytes and self.bytes >= self.max_bytes)
        )

    def take(self, size: int) -> None:
        self.messages += 1
        self.bytes += size

    def give_back(self, size: int) -> None:
        self.messages -= 1
        self.bytes -= size
        self.on_room()


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """
    A message as a backlog sees it. Its content is in the store.

    `due` is the time at which a lease or a rest ends; `lease` counts the leases
    in this run of the broker; `failures` counts nacks and missed deadlines.
    """

    seq: int
    size: int
    published: float
    ordering_key: str = ""
    failures: int = 0
    state: State = State.READY
    due: float = inf
    lease: int = 0
    holder: Holder | None = None

    def hold(self, holder: Holder, until: float) -> None:
        holder.take(self.size)
        self.state, self.holder, self.due = State.HELD, holder, until
        self.lease += 1

    def move_to(self, state: State, *, due: float = inf) -> None:
        holder, self.holder = self.holder, None
        self.state, self.due = state, due
        if holder:
            holder.give_back(self.size)
