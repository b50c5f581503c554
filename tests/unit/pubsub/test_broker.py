"""
Publishing, seeking and sweeping, with a clock that moves only when told.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.wire import PubsubMessage, Subscription
from tests.unit.pubsub.brokers import SUBSCRIPTION, TOPIC, Bench

Make = Callable[..., Bench]


def test_what_a_publisher_says_of_id_and_time_is_replaced(bench: Bench) -> None:
    given = PubsubMessage(data=b"x", message_id="mine")
    given.publish_time.FromJsonString("2000-01-01T00:00:00Z")

    (message_id,) = bench.broker.publish(TOPIC, [given])

    message = bench.lease()[0].message
    assert message.message_id == message_id != "mine"
    assert message.publish_time.ToJsonString() == "2026-11-23T12:00:00Z"
    assert given.message_id == "mine"


def test_a_refused_request_publishes_none_of_its_messages(bench: Bench) -> None:
    with pytest.raises(RefusedError):
        bench.publish(b"fine", b"")

    assert bench.data() == []


def test_a_seek_forward_drops_what_is_older_and_frees_its_holder(bench: Bench) -> None:
    holder = Holder()
    bench.publish(b"old")
    old = bench.lease(holder=holder)
    bench.clock.move(seconds=1)
    bench.publish(b"new")

    bench.broker.seek(SUBSCRIPTION, bench.clock())

    assert holder.messages == 0
    assert bench.data() == [b"new"]
    assert bench.ack(old) == [old[0].ack_id]
    assert bench.rows("delivery") == 1


def test_a_seek_back_brings_what_was_acknowledged_since(bench_with: Make) -> None:
    bench = bench_with(retain_acked_messages=True)
    bench.publish(b"before")
    bench.clock.move(seconds=1)
    since = bench.clock()
    bench.publish(b"after")
    bench.ack(bench.lease())
    assert bench.data() == []

    bench.broker.seek(SUBSCRIPTION, since)
    assert bench.data() == [b"after"]
    bench.broker.seek(SUBSCRIPTION, since - timedelta(seconds=1))
    assert bench.data() == [b"before", b"after"]
    bench.restart()
    assert bench.data() == [b"before", b"after"]


def test_a_seek_back_brings_what_the_topic_retained(bench_with: Make) -> None:
    bench = bench_with(filter="attributes:wanted")
    bench.retain(seconds=600)
    since = bench.clock()
    bench.publish(b"wanted", wanted="yes")
    bench.publish(b"unwanted")
    bench.ack(bench.lease())
    late = "projects/unit/subscriptions/late"
    bench.subscribe(late)

    bench.broker.seek(SUBSCRIPTION, since)
    bench.broker.seek(late, since)

    assert bench.data() == [b"wanted"]
    assert bench.data(name=late) == [b"wanted", b"unwanted"]


def test_what_nobody_retains_any_more_is_swept(bench_with: Make) -> None:
    bench = bench_with(
        retain_acked_messages=True, message_retention_duration={"seconds": 600}
    )
    bench.retain(seconds=1_200)
    bench.publish(b"x")
    bench.ack(bench.lease())

    bench.clock.move(seconds=601)
    bench.restart()
    assert (bench.rows("delivery"), bench.rows("message")) == (0, 1)

    bench.clock.move(seconds=601)
    bench.publish(b"y")  # time for a sweep: the last was more than ten minutes ago
    assert bench.rows("message") == 1


def test_an_update_takes_only_what_its_mask_names(bench_with: Make) -> None:
    bench = bench_with(labels={"team": "a"}, ack_deadline_seconds=30)
    given = Subscription(
        name=SUBSCRIPTION, labels={"team": "b"}, ack_deadline_seconds=60
    )

    changed = bench.broker.subscriptions.update(given, ["labels"])

    assert dict(changed.labels) == {"team": "b"}
    assert changed.ack_deadline_seconds == 30


def test_what_was_refused_is_not_there_after_a_restart(bench: Bench) -> None:
    other = "projects/unit/subscriptions/other"
    with pytest.raises(RefusedError, match="Invalid filter"):
        bench.subscribe(other, filter="no filter")

    bench.restart()

    assert other not in bench.broker.subscriptions


def test_an_update_counts_from_then_on(bench: Bench) -> None:
    bench.publish(b"x")
    given = Subscription(name=SUBSCRIPTION)
    given.retry_policy.minimum_backoff.seconds = 5
    bench.broker.subscriptions.update(given, ["retry_policy"])

    bench.nack(bench.lease())

    assert bench.data() == []
    bench.clock.move(seconds=5)
    assert bench.data() == [b"x"]
    bench.restart()
    assert bench.feed.terms.minimum_backoff_seconds == 5


@pytest.mark.parametrize(
    "policy",
    [
        {"minimum_backoff": {"seconds": 601}},
        {"minimum_backoff": {"seconds": -1}},
        {"minimum_backoff": {"seconds": 20}, "maximum_backoff": {"seconds": 10}},
    ],
)
def test_a_retry_policy_has_its_bounds(bench: Bench, policy: dict[str, object]) -> None:
    with pytest.raises(RefusedError):
        bench.subscribe("projects/unit/subscriptions/other", retry_policy=policy)


def test_a_subscription_lives_a_day_at_least(bench: Bench) -> None:
    with pytest.raises(RefusedError, match=r"You passed 1h .* minimum value is 24h"):
        bench.subscribe(
            "projects/unit/subscriptions/other",
            expiration_policy={"ttl": {"seconds": 3_600}},
        )


def test_a_refusal_names_a_duration_as_the_service_does(bench: Bench) -> None:
    with pytest.raises(RefusedError, match=r"You passed 9m59s .* between 10m and 744h"):
        bench.retain(seconds=599)
