"""
Who gets which message when, with a clock that moves only when told.
"""

from collections.abc import Callable

import pytest

from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.refusals import RefusedError
from tests.unit.pubsub.brokers import Bench

Make = Callable[..., Bench]


def test_a_lease_lasts_until_the_ack_deadline(bench_with: Make) -> None:
    bench = bench_with(ack_deadline_seconds=20)
    bench.publish(b"x")
    assert bench.data() == [b"x"]

    bench.clock.move(seconds=19.9)
    assert bench.data() == []
    bench.clock.move(seconds=0.1)
    assert bench.data() == [b"x"]


def test_a_stream_has_a_deadline_of_its_own(bench: Bench) -> None:
    bench.publish(b"x")
    bench.lease(seconds=60)

    bench.clock.move(seconds=59)
    assert bench.data() == []
    bench.clock.move(seconds=1)
    assert bench.data() == [b"x"]


def test_a_deadline_counts_from_when_it_was_set(bench: Bench) -> None:
    bench.publish(b"x")
    received = bench.lease()

    bench.clock.move(seconds=9)
    assert bench.deadline(30, received) == []
    bench.clock.move(seconds=29)
    assert bench.data() == []
    bench.clock.move(seconds=1)
    assert bench.data() == [b"x"]


def test_a_deadline_can_be_made_shorter(bench: Bench) -> None:
    bench.publish(b"x")
    bench.deadline(1, bench.lease())

    bench.clock.move(seconds=1)
    assert bench.data() == [b"x"]


def test_a_deadline_that_has_passed_cannot_be_extended(bench: Bench) -> None:
    bench.publish(b"x")
    received = bench.lease()
    bench.clock.move(seconds=10)

    assert bench.deadline(60, received) == [received[0].ack_id]
    assert bench.data() == [b"x"]


def test_the_oldest_message_comes_first(bench: Bench) -> None:
    bench.publish(b"1", b"2", b"3")
    second = bench.lease(2)[1:]

    bench.nack(second)

    assert bench.data() == [b"2", b"3"]


def test_backoff_grows_with_each_failure_up_to_its_maximum(bench_with: Make) -> None:
    bench = bench_with(
        retry_policy={
            "minimum_backoff": {"seconds": 5},
            "maximum_backoff": {"seconds": 30},
        }
    )
    bench.publish(b"x")

    for seconds in (5, 10, 20, 30, 30):
        bench.nack(bench.lease())
        bench.clock.move(seconds=seconds - 0.1)
        assert bench.data() == [], f"it rests for {seconds} s"
        bench.clock.move(seconds=0.1)


def test_backoff_follows_a_missed_deadline_too(bench_with: Make) -> None:
    bench = bench_with(retry_policy={"minimum_backoff": {"seconds": 5}})
    bench.publish(b"x")
    bench.lease()

    bench.clock.move(seconds=10)
    assert bench.data() == []
    bench.clock.move(seconds=5)
    assert bench.data() == [b"x"]


def test_backoff_begins_at_the_deadline_whoever_notices_when(bench_with: Make) -> None:
    bench = bench_with(retry_policy={"minimum_backoff": {"seconds": 5}})
    bench.publish(b"x")
    bench.lease()

    bench.clock.move(seconds=15)

    assert bench.data() == [b"x"]


def test_a_resting_message_can_be_acknowledged_late(bench_with: Make) -> None:
    bench = bench_with(retry_policy={"minimum_backoff": {"seconds": 5}})
    bench.publish(b"x")
    received = bench.lease()
    bench.clock.move(seconds=10)

    assert bench.ack(received) == []
    bench.clock.move(seconds=5)
    assert bench.data() == []


def test_attempts_are_counted_for_a_dead_letter_policy_only(bench_with: Make) -> None:
    plain = bench_with()
    counting = bench_with(
        dead_letter_policy={"dead_letter_topic": "projects/unit/topics/dead"}
    )
    for bench in (plain, counting):
        bench.publish(b"x")
        bench.nack(bench.lease())

    assert plain.lease()[0].delivery_attempt == 0
    assert counting.lease()[0].delivery_attempt == 2


def test_a_message_is_dropped_when_its_retention_is_over(bench_with: Make) -> None:
    bench = bench_with(message_retention_duration={"seconds": 600})
    bench.publish(b"old")
    bench.clock.move(seconds=300)
    bench.publish(b"young")
    held = Holder()
    bench.lease(1, holder=held)

    bench.clock.move(seconds=300)

    assert bench.data() == [b"young"]
    assert held.messages == 0
    assert bench.rows("delivery") == bench.rows("message") == 1


def test_a_holder_gets_no_more_messages_than_it_has_room_for(bench: Bench) -> None:
    holder = Holder(max_messages=2)
    bench.publish(b"1", b"2", b"3", b"4")

    held = bench.lease(holder=holder)
    assert [each.message.data for each in held] == [b"1", b"2"]
    assert bench.lease(holder=holder) == []

    bench.ack(held[:1])
    bench.deadline(20, held[1:])
    assert [each.message.data for each in bench.lease(holder=holder)] == [b"3"]
    bench.clock.move(seconds=10)  # the third was missed, the second is still held
    assert len(bench.lease(holder=holder)) == 1


def test_a_holder_is_over_its_bytes_by_one_message_at_most(bench: Bench) -> None:
    holder = Holder(max_bytes=1_000)
    bench.publish(b"1" * 600, b"2" * 600, b"3" * 600)

    held = bench.lease(holder=holder)
    assert len(held) == 2

    bench.ack(held[:1])
    assert len(bench.lease(holder=holder)) == 1


def test_a_message_that_is_larger_than_the_room_still_goes(bench: Bench) -> None:
    bench.publish(b"x" * 10_000)

    assert len(bench.lease(holder=Holder(max_bytes=1))) == 1


def test_a_reply_is_closed_once_it_is_as_large_as_the_largest_message(
    bench: Bench,
) -> None:
    for _ in range(3):
        bench.publish(b"x" * 6_000_000)

    assert len(bench.lease()) == 2
    assert len(bench.lease()) == 1


def test_an_ack_id_of_another_subscription_is_refused(bench: Bench) -> None:
    other = "projects/unit/subscriptions/other"
    bench.subscribe(other)
    bench.publish(b"x")

    with pytest.raises(RefusedError, match="You have passed an invalid ack ID"):
        bench.ack(bench.lease(name=other))


@pytest.mark.parametrize("text", ["", "?", "AAAA", "ümläut", "x" * 27, "A" * 400])
def test_what_is_no_ack_id_is_refused(bench: Bench, text: str) -> None:
    with pytest.raises(RefusedError, match="You have passed an invalid ack ID"):
        bench.feed.acknowledge([text])


@pytest.mark.parametrize("change", ["{}!", "{}=", " {}", "{}A"])
def test_an_ack_id_is_taken_as_it_was_given_only(bench: Bench, change: str) -> None:
    bench.publish(b"x")
    (received,) = bench.lease()

    with pytest.raises(RefusedError, match="You have passed an invalid ack ID"):
        bench.feed.acknowledge([change.format(received.ack_id)])


def test_one_old_message_makes_nobody_remember_all_later_ones(bench: Bench) -> None:
    bench.publish(b"old")
    bench.deadline(600, bench.lease())

    for _ in range(50):
        bench.publish(*[b"x"] * 100)
        bench.ack(bench.lease())

    assert len(bench.feed._backlog._by_age) < 1_500


def test_one_wrong_ack_id_leaves_the_others_undone(bench: Bench) -> None:
    bench.publish(b"x")
    (received,) = bench.lease()

    with pytest.raises(RefusedError):
        bench.feed.acknowledge([received.ack_id, "wrong"])

    assert bench.nack([received]) == []


def test_exactly_once_does_the_right_ones_and_names_the_wrong(bench_with: Make) -> None:
    bench = bench_with(enable_exactly_once_delivery=True)
    bench.publish(b"1", b"2")
    first, second = bench.lease()
    bench.deadline(60, [second])
    bench.clock.move(seconds=10)

    stale = bench.feed.acknowledge([first.ack_id, second.ack_id, "wrong"])

    assert stale == [first.ack_id, "wrong"]
    assert bench.data() == [b"1"]
