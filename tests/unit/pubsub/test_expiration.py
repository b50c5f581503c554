"""
Subscriptions that nobody uses: gone after as long as their policy says.
"""

from collections.abc import Callable

from tests.unit.pubsub.brokers import SUBSCRIPTION, Bench

Make = Callable[..., Bench]
DAY = {"ttl": {"seconds": 86_400}}


def is_there(bench: Bench) -> bool:
    bench.broker.advance()
    return SUBSCRIPTION in bench.broker.subscriptions


def test_a_subscription_expires_when_it_was_not_used(bench_with: Make) -> None:
    bench = bench_with(expiration_policy=DAY)
    bench.publish(b"x")

    bench.clock.move(days=1)
    assert is_there(bench)
    bench.clock.move(seconds=1)
    assert not is_there(bench)

    bench.restart()
    assert not is_there(bench)
    assert bench.rows("delivery") == 0


def test_a_pull_is_use(bench_with: Make) -> None:
    bench = bench_with(expiration_policy=DAY)
    for _ in range(3):
        bench.clock.move(hours=23)
        bench.lease()
        assert is_there(bench)


def test_an_open_stream_is_use(bench_with: Make) -> None:
    bench = bench_with(expiration_policy=DAY)
    bench.feed.watch(ring := lambda: None)
    bench.clock.move(days=3)
    assert is_there(bench)

    bench.feed.unwatch(ring)
    bench.clock.move(hours=25)
    assert not is_there(bench)


def test_a_push_that_is_taken_is_use_and_one_that_is_not_is_none(
    bench_with: Make,
) -> None:
    push = {"push_endpoint": "http://127.0.0.1:1"}
    bench = bench_with(expiration_policy=DAY, push_config=push)
    bench.feed.watch(lambda: None)
    bench.publish(b"taken", b"not taken")
    bench.clock.move(hours=23)
    taken, not_taken = bench.lease()
    bench.ack([taken])
    bench.clock.move(hours=23)
    assert is_there(bench)

    bench.nack([not_taken])
    bench.lease()
    bench.clock.move(hours=2)

    assert not is_there(bench)


def test_a_subscription_without_a_ttl_stays(bench_with: Make) -> None:
    bench = bench_with(expiration_policy={})
    bench.clock.move(days=1_000)
    assert is_there(bench)


def test_a_restart_is_use(bench_with: Make) -> None:
    bench = bench_with(expiration_policy=DAY)
    bench.clock.move(days=10)
    bench.restart()
    assert is_there(bench)
