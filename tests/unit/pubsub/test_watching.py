"""
Who is rung, and when: nobody who sleeps beside a feed may miss what comes due.
"""

from collections.abc import Callable

import pytest

from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.refusals import Code, RefusedError
from tests.unit.pubsub.brokers import SUBSCRIPTION, Bench


class Sleeper:
    """
    Counts how often it is rung.
    """

    def __init__(self, bench: Bench) -> None:
        self.rings = 0
        bench.feed.watch(self.ring)

    def ring(self) -> None:
        self.rings += 1

    def was_rung(self) -> bool:
        rings, self.rings = self.rings, 0
        return rings > 0


def test_a_message_rings(bench: Bench) -> None:
    sleeper = Sleeper(bench)
    bench.publish(b"x")
    assert sleeper.was_rung()


def test_a_message_for_others_rings_nobody(bench_with: Callable[..., Bench]) -> None:
    bench = bench_with(filter="attributes:wanted")
    sleeper = Sleeper(bench)
    bench.publish(b"unwanted")
    assert not sleeper.was_rung()


def test_a_nack_rings(bench: Bench) -> None:
    bench.publish(b"x")
    received = bench.lease()
    bench.feed.next_due()
    sleeper = Sleeper(bench)

    bench.nack(received)

    assert sleeper.was_rung()


def test_a_freed_ordering_key_rings(bench_with: Callable[..., Bench]) -> None:
    bench = bench_with(enable_message_ordering=True)
    bench.publish(b"1", b"2", key="a")
    received = bench.lease(1)
    assert bench.data() == []
    bench.feed.next_due()
    sleeper = Sleeper(bench)

    bench.ack(received)

    assert sleeper.was_rung()


def test_room_rings_its_own_holder(bench: Bench) -> None:
    rings: list[str] = []
    holder = Holder(max_messages=1, on_room=lambda: rings.append("room"))
    bench.publish(b"x")
    bench.ack(bench.lease(holder=holder))
    assert rings == ["room"]


def test_whoever_sleeps_learns_of_leases_that_others_take(bench: Bench) -> None:
    """
    The other may be gone when its lease ends; somebody has to be awake then.
    """
    sleeper = Sleeper(bench)
    assert bench.feed.next_due() is None

    bench.publish(b"x")
    sleeper.was_rung()
    received = bench.lease(seconds=60)
    assert sleeper.was_rung()
    assert bench.feed.next_due() == bench.clock().timestamp() + 60

    bench.deadline(30, received)
    assert sleeper.was_rung()
    assert bench.feed.next_due() == bench.clock().timestamp() + 30


def test_nobody_is_rung_for_a_lease_that_grows(bench: Bench) -> None:
    bench.publish(b"x")
    received = bench.lease(seconds=10)
    bench.feed.next_due()
    sleeper = Sleeper(bench)

    bench.deadline(60, received)

    assert not sleeper.was_rung()


def test_the_one_who_got_something_is_rung_last(bench: Bench) -> None:
    rings: list[str] = []
    one = Holder(on_room=lambda: rings.append("one"))
    other = Holder(on_room=lambda: rings.append("other"))
    for holder in (one, other):
        bench.feed.watch(holder.on_room)

    bench.publish(b"1")
    assert rings == ["one", "other"]
    bench.lease(holder=one)
    rings.clear()
    bench.publish(b"2")
    assert rings == ["other", "one"]


def test_whoever_watched_in_vain_is_forgotten(bench: Bench) -> None:
    sleeper = Sleeper(bench)
    bench.feed.unwatch(sleeper.ring)
    bench.publish(b"x")
    assert not sleeper.was_rung()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda b: b.broker.subscriptions.delete(SUBSCRIPTION), Code.NOT_FOUND),
        (
            lambda b: b.broker.subscriptions.detach(SUBSCRIPTION),
            Code.FAILED_PRECONDITION,
        ),
        (lambda b: b.broker.close(), Code.UNAVAILABLE),
    ],
)
def test_an_end_rings_and_says_why(
    bench: Bench, end: Callable[[Bench], None], code: Code
) -> None:
    feed, sleeper, holder = bench.feed, Sleeper(bench), Holder()
    bench.publish(b"x")
    bench.lease(holder=holder)
    sleeper.was_rung()

    end(bench)

    assert sleeper.was_rung()
    assert holder.messages == 0
    with pytest.raises(RefusedError) as refused:
        feed.lease(holder=holder, limit=1)
    assert refused.value.code is code
