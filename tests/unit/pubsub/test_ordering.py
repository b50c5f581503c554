"""
Ordering keys, with a clock that moves only when told.
"""

from collections.abc import Callable

import pytest

from localcloud.pubsub.delivery.entries import Holder
from tests.unit.pubsub.brokers import Bench


@pytest.fixture
def ordered(bench_with: Callable[..., Bench]) -> Bench:
    return bench_with(
        enable_message_ordering=True,
        retry_policy={"minimum_backoff": {}, "maximum_backoff": {}},
    )


def test_one_holder_gets_a_key_in_order_others_get_other_keys(ordered: Bench) -> None:
    ordered.publish(b"a1", b"a2", key="a")
    ordered.publish(b"b1", key="b")
    ordered.publish(b"free")
    one = Holder()

    assert [each.message.data for each in ordered.lease(1, holder=one)] == [b"a1"]
    assert ordered.data() == [b"b1", b"free"]
    assert [each.message.data for each in ordered.lease(holder=one)] == [b"a2"]


def test_a_key_is_free_again_when_all_of_it_is_acknowledged(ordered: Bench) -> None:
    ordered.publish(b"1", b"2", b"3", key="a")
    first, second = ordered.lease(2)

    ordered.ack([second])
    assert ordered.data() == []
    ordered.ack([first])
    assert ordered.data() == [b"3"]


def test_a_failure_calls_back_later_ones_that_were_acknowledged(ordered: Bench) -> None:
    ordered.publish(b"1", b"2", b"3", key="a")
    ordered.publish(b"b1", key="b")
    first, second, third, other = ordered.lease()
    ordered.ack([second, other])
    assert ordered.rows("delivery") == 3

    ordered.nack([first])

    again = ordered.lease()
    assert [each.message.data for each in again] == [b"1", b"2", b"3"]
    assert ordered.ack([third]) == [third.ack_id]
    assert ordered.ack(again) == []
    assert ordered.rows("delivery") == 0


def test_a_missed_deadline_calls_back_the_later_ones(ordered: Bench) -> None:
    ordered.publish(b"1", b"2", key="a")
    first, second = ordered.lease()
    ordered.deadline(60, [second])

    ordered.clock.move(seconds=10)

    assert ordered.data() == [b"1", b"2"]
    assert ordered.ack([first]) == [first.ack_id]


def test_a_late_acknowledgement_does_not_break_the_order(ordered: Bench) -> None:
    ordered.publish(b"1", b"2", key="a")
    late = ordered.lease()
    ordered.clock.move(seconds=10)

    ordered.ack(late[1:])

    assert ordered.data() == [b"1", b"2"]


def test_a_key_waits_for_a_message_that_rests(
    bench_with: Callable[..., Bench],
) -> None:
    bench = bench_with(
        enable_message_ordering=True,
        retry_policy={"minimum_backoff": {"seconds": 5}},
    )
    bench.publish(b"1", b"2", key="a")
    bench.publish(b"b1", key="b")

    bench.nack(bench.lease(1))
    assert bench.data() == [b"b1"]
    bench.clock.move(seconds=5)
    assert bench.data() == [b"1", b"2"]


def test_retention_frees_a_key(bench_with: Callable[..., Bench]) -> None:
    bench = bench_with(
        enable_message_ordering=True, message_retention_duration={"seconds": 600}
    )
    bench.publish(b"1", key="a")
    bench.clock.move(seconds=300)
    bench.publish(b"2", key="a")
    bench.deadline(600, bench.lease(1))
    assert bench.data() == []

    bench.clock.move(seconds=300)

    assert bench.data() == [b"2"]


def test_retention_drops_what_was_never_handed_out(
    bench_with: Callable[..., Bench],
) -> None:
    bench = bench_with(
        enable_message_ordering=True, message_retention_duration={"seconds": 600}
    )
    bench.publish(b"1", key="a")
    bench.clock.move(seconds=300)
    bench.publish(b"2", key="a")

    bench.clock.move(seconds=300)

    assert bench.data() == [b"2"]


def test_keys_mean_nothing_without_the_setting(bench: Bench) -> None:
    bench.publish(b"1", b"2", key="a")

    assert bench.data(1) == [b"1"]
    assert bench.data(1) == [b"2"]


def test_order_outlives_a_restart(ordered: Bench) -> None:
    ordered.publish(b"1", b"2", b"3", key="a")
    ordered.ack(ordered.lease(1))

    ordered.restart()

    assert ordered.data() == [b"2", b"3"]
