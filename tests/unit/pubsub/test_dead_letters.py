"""
Dead letters: what has failed often enough goes where the policy says, once.
"""

from collections.abc import Callable
from typing import Any

import pytest

from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.wire import Subscription
from tests.unit.pubsub.brokers import DEAD_LETTERS, SUBSCRIPTION, TOPIC, Bench

LETTERS = "projects/unit/subscriptions/letters"
POLICY = {"dead_letter_topic": DEAD_LETTERS, "max_delivery_attempts": 5}

Make = Callable[..., Bench]


@pytest.fixture
def bench(bench_with: Make) -> Bench:
    bench = bench_with(dead_letter_policy=POLICY)
    bench.broker.create_subscription(Subscription(name=LETTERS, topic=DEAD_LETTERS))
    return bench


def fail(bench: Bench, times: int) -> None:
    for _ in range(times):
        received = bench.lease()
        assert received
        bench.nack(received)


def letters(bench: Bench) -> list[Any]:
    return [each.message for each in bench.lease(name=LETTERS)]


def test_a_message_is_a_dead_letter_after_its_last_attempt(bench: Bench) -> None:
    bench.publish(b"x", key="k", outcome="failed")

    fail(bench, 4)
    assert letters(bench) == []
    fail(bench, 1)

    assert bench.lease() == []
    (letter,) = letters(bench)
    assert (letter.data, letter.ordering_key) == (b"x", "k")
    assert dict(letter.attributes) == {
        "outcome": "failed",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "subscription",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "unit",
        "CloudPubSubDeadLetterSourceTopicPublishTime": "2026-11-23T12:00:00.000Z",
    }


def test_missed_deadlines_count_as_attempts_though_nobody_asks(bench: Bench) -> None:
    """
    Whoever waits for dead letters waits at another subscription.
    """
    bench.publish(b"x")
    fail(bench, 4)
    bench.lease()
    bench.clock.move(seconds=11)

    bench.broker.advance()

    assert [letter.data for letter in letters(bench)] == [b"x"]


def test_a_dead_letter_stays_one_over_a_restart(bench: Bench) -> None:
    bench.publish(b"x")
    fail(bench, 3)
    bench.restart()
    fail(bench, 2)
    bench.restart()

    assert bench.lease() == []
    assert [letter.data for letter in letters(bench)] == [b"x"]


def test_without_its_topic_a_message_goes_on_being_delivered(bench: Bench) -> None:
    bench.publish(b"x")
    bench.broker.topics.delete(DEAD_LETTERS)

    fail(bench, 7)

    assert bench.lease()[0].delivery_attempt == 8


def test_later_messages_of_the_key_go_on_after_a_dead_letter(bench_with: Make) -> None:
    bench = bench_with(dead_letter_policy=POLICY, enable_message_ordering=True)
    bench.publish(b"bad", b"good", key="k")

    for _ in range(5):
        bench.nack(bench.lease(1))

    assert bench.data() == [b"good"]


def test_a_dead_letter_counts_as_acknowledged_where_those_are_kept(
    bench_with: Make,
) -> None:
    bench = bench_with(dead_letter_policy=POLICY, retain_acked_messages=True)
    bench.publish(b"x")
    fail(bench, 5)

    bench.broker.seek(SUBSCRIPTION, bench.clock.time)

    assert bench.data() == [b"x"]


def test_a_dead_letter_topic_may_be_the_messages_own(bench_with: Make) -> None:
    policy = {"dead_letter_topic": TOPIC, "max_delivery_attempts": 5}
    bench = bench_with()
    given = Subscription(name=SUBSCRIPTION, dead_letter_policy=policy)
    bench.broker.update_subscription(given, ["dead_letter_policy"])
    bench.publish(b"x")

    fail(bench, 5)

    (again,) = bench.lease()
    assert again.delivery_attempt == 1
    assert again.message.attributes["CloudPubSubDeadLetterSourceDeliveryCount"] == "5"


def test_the_dead_letter_topic_has_to_be_there(bench_with: Make) -> None:
    bench = bench_with()
    missing = {"dead_letter_topic": "projects/unit/topics/missing"}
    given = Subscription(name=SUBSCRIPTION, topic=TOPIC, dead_letter_policy=missing)
    another = Subscription(name=LETTERS, topic=TOPIC, dead_letter_policy=missing)

    with pytest.raises(RefusedError, match="Resource not found"):
        bench.broker.update_subscription(given, ["dead_letter_policy"])
    with pytest.raises(RefusedError, match="Resource not found"):
        bench.broker.create_subscription(another)
