"""
Whatever pullers, publishers, clocks and restarts do: nothing is lost, nothing is in
two hands, nothing comes before its turn.
"""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from localcloud.pubsub.delivery.entries import Holder
from tests.unit.pubsub.brokers import Bench

KEYS = ["", "", "a", "b"]
LONG_ENOUGH_SECONDS = 3_600


class Deliveries(RuleBasedStateMachine):
    """
    Remembers what was published and acknowledged, and who holds what until when.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.published: dict[str, str] = {}  # ordering keys by message id
        self.delivered: set[str] = set()
        self.acknowledged: set[str] = set()
        self.received: list[Any] = []
        self.held_until: dict[str, float] = {}

    @initialize(ordered=st.booleans(), rests=st.booleans())
    def begin(self, ordered: bool, rests: bool) -> None:
        policy = {"retry_policy": {"minimum_backoff": {"seconds": 5}}} if rests else {}
        self.ordered = ordered
        self.bench = Bench(
            Path(self.folder.name), enable_message_ordering=ordered, **policy
        )
        self.holders = [Holder(), Holder(max_messages=2)]

    @rule(key=st.sampled_from(KEYS), count=st.integers(1, 3))
    def publish(self, key: str, count: int) -> None:
        for message_id in self.bench.publish(*[b"x"] * count, key=key):
            self.published[message_id] = key

    @rule(who=st.integers(0, 1), most=st.integers(1, 4), seconds=st.integers(1, 30))
    def lease(self, who: int, most: int, seconds: int) -> None:
        holder = self.holders[who]
        for received in self.bench.lease(most, holder=holder, seconds=seconds):
            self.take(received, seconds)
        assert not holder.max_messages or holder.messages <= holder.max_messages

    @rule(which=st.integers(min_value=0))
    def acknowledge(self, which: int) -> None:
        if self.received:
            received = self.received[which % len(self.received)]
            if not self.bench.ack([received]):
                self.acknowledged.add(received.message.message_id)
                self.held_until.pop(received.message.message_id, None)

    @rule(which=st.integers(min_value=0), seconds=st.integers(0, 30))
    def change_deadline(self, which: int, seconds: int) -> None:
        if self.received:
            received = self.received[which % len(self.received)]
            if not self.bench.deadline(seconds, [received]):
                until = self.bench.clock().timestamp() + seconds
                self.held_until[received.message.message_id] = until

    @rule(seconds=st.integers(1, 20))
    def wait(self, seconds: int) -> None:
        self.bench.clock.move(seconds=seconds)

    @rule()
    def restart(self) -> None:
        self.bench.restart()
        self.held_until.clear()
        self.holders = [Holder(), Holder(max_messages=2)]

    def take(self, received: Any, seconds: float) -> None:
        message_id, now = received.message.message_id, self.bench.clock().timestamp()
        key = self.published[message_id]
        in_a_lane = self.ordered and key
        if in_a_lane:
            earlier = {
                other
                for other, its_key in self.published.items()
                if its_key == key and int(other) < int(message_id)
            }
            assert earlier <= self.delivered
        else:
            # In a lane both may happen: a failure calls later messages back.
            assert message_id not in self.acknowledged
            assert self.held_until.get(message_id, 0) <= now
        self.received.append(received)
        self.delivered.add(message_id)
        self.held_until[message_id] = now + seconds

    def teardown(self) -> None:
        try:
            if hasattr(self, "bench"):
                self.drain()
        finally:
            if hasattr(self, "bench"):
                self.bench.broker.close()
            self.folder.cleanup()

    def drain(self) -> None:
        """
        Everything that was never acknowledged comes in the end, and then no more.
        """
        self.bench.clock.move(seconds=LONG_ENOUGH_SECONDS)
        left = set(self.published) - self.acknowledged
        while more := self.bench.lease(seconds=LONG_ENOUGH_SECONDS):
            for received in more:
                self.take(received, LONG_ENOUGH_SECONDS)
                left.discard(received.message.message_id)
            assert self.bench.ack(more) == []
        assert not left
        assert self.bench.rows("delivery") == self.bench.rows("message") == 0
        assert all(holder.messages == holder.bytes == 0 for holder in self.holders)


Deliveries.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
TestDeliveries = Deliveries.TestCase
