"""
What is left after a restart, and after a death in the middle of work.
"""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.delivery.entries import Holder
from localcloud.pubsub.refusals import RefusedError
from localcloud.pubsub.wire import PubsubMessage, Subscription
from tests.unit.pubsub.brokers import SUBSCRIPTION, TOPIC, Bench

ROOT = Path(__file__).parents[3]
LINES = 20


def test_topics_and_subscriptions_survive(bench_with: Callable[..., Bench]) -> None:
    bench = bench_with(
        labels={"team": "a"}, filter="attributes:ce-id", ack_deadline_seconds=30
    )
    before = bench.feed.subscription, bench.broker.topics.find(TOPIC)

    bench.restart()

    assert (bench.feed.subscription, bench.broker.topics.find(TOPIC)) == before
    assert bench.feed.terms.ack_deadline_seconds == 30
    bench.publish(b"unwanted")
    assert bench.data() == []


def test_what_is_not_acknowledged_comes_again_and_nothing_else(bench: Bench) -> None:
    bench.publish(b"done", b"held", b"waiting", key="k", ce_id="1")
    done, held = bench.lease(2)
    bench.ack([done])

    bench.restart()

    again = bench.lease()
    assert [each.message.data for each in again] == [b"held", b"waiting"]
    assert again[0].message == held.message


def test_an_acknowledgement_outlives_the_restart(bench: Bench) -> None:
    """
    A subscriber that worked through the restart need not do it all again.
    """
    bench.publish(b"x")
    received = bench.lease()

    bench.restart()

    assert bench.ack(received) == []
    assert bench.data() == []


def test_an_old_acknowledgement_leaves_a_new_holder_alone(bench: Bench) -> None:
    bench.publish(b"x")
    before = bench.lease()
    bench.restart()
    after = bench.lease()

    assert bench.ack(before) == [before[0].ack_id]
    bench.nack(after)
    assert bench.data() == [b"x"]


def test_attempts_are_still_counted(bench_with: Callable[..., Bench]) -> None:
    bench = bench_with(
        dead_letter_policy={"dead_letter_topic": "projects/unit/topics/dead"}
    )
    bench.publish(b"x")
    bench.nack(bench.lease())
    bench.nack(bench.lease())

    bench.restart()

    assert bench.lease()[0].delivery_attempt == 3


def test_message_ids_are_never_used_twice(bench: Bench) -> None:
    bench.broker.subscriptions.delete(SUBSCRIPTION)
    ids = bench.publish(b"kept nowhere")
    bench.restart()
    ids += bench.publish(b"kept nowhere", b"either")

    assert len(set(ids)) == 3
    assert bench.rows("message") == 0


def test_a_subscription_made_anew_has_nothing_of_the_old_one(bench: Bench) -> None:
    bench.publish(b"old")
    old = bench.lease()
    bench.broker.subscriptions.delete(SUBSCRIPTION)
    bench.restart()

    bench.subscribe(SUBSCRIPTION)

    assert bench.data() == []
    with pytest.raises(RefusedError, match="invalid ack ID"):
        bench.ack(old)


def test_a_message_is_kept_once_and_only_as_long_as_needed(bench: Bench) -> None:
    other = "projects/unit/subscriptions/other"
    bench.subscribe(other)
    bench.publish(b"x" * 1_000)
    assert (bench.rows("message"), bench.rows("delivery")) == (1, 2)

    bench.ack(bench.lease())
    assert (bench.rows("message"), bench.rows("delivery")) == (1, 1)
    bench.broker.subscriptions.delete(other)
    assert (bench.rows("message"), bench.rows("delivery")) == (0, 0)


def test_a_detached_subscription_stays_detached(bench: Bench) -> None:
    bench.publish(b"x")
    bench.broker.subscriptions.detach(SUBSCRIPTION)
    bench.restart()

    assert bench.feed.subscription.detached
    assert bench.rows("message") == 0
    with pytest.raises(RefusedError, match="detached"):
        bench.lease()
    bench.publish(b"y")
    assert bench.rows("message") == 0


def test_setting_up_twice_is_setting_up_once(tmp_path: Path) -> None:
    for deadline in (20, 30):
        broker = Broker(tmp_path)
        broker.create_topic_if_absent(TOPIC)
        made = broker.create_subscription_if_absent(
            SUBSCRIPTION, TOPIC, ack_deadline_seconds=deadline
        )
        assert made.ack_deadline_seconds == 20
        broker.publish(TOPIC, [PubsubMessage(data=b"x")])
        broker.close()

    broker = Broker(tmp_path)
    feed = broker.subscriptions.find(SUBSCRIPTION)
    assert len(feed.lease(holder=Holder(), limit=10)) == 2
    broker.close()


def test_a_state_of_another_version_is_left_alone(bench: Bench) -> None:
    bench.broker._database.connection.execute("PRAGMA user_version = 99")

    with pytest.raises(ValueError, match="version 99"):
        Broker(bench.folder)


PUBLISH_UNTIL_KILLED = """
import sys
from itertools import count
from pathlib import Path
from localcloud.pubsub.broker import Broker
from localcloud.pubsub.wire import PubsubMessage

broker = Broker(Path(sys.argv[1]))
topic = broker.create_topic_if_absent(sys.argv[2]).name
broker.create_subscription_if_absent(sys.argv[3], topic)
for number in count():
    print(*broker.publish(topic, [PubsubMessage(data=b"x")]), flush=True)
"""


def test_what_was_published_survives_a_sigkill(tmp_path: Path) -> None:
    """
    A message whose id was given out is there, whenever the process dies after that.
    """
    publisher = subprocess.Popen(
        [sys.executable, "-c", PUBLISH_UNTIL_KILLED, tmp_path, TOPIC, SUBSCRIPTION],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert publisher.stdout is not None
    with publisher.stdout as printed:
        ids = [printed.readline().strip() for _ in range(LINES)]
        publisher.send_signal(signal.SIGKILL)
        # The last line may have been cut by the kill.
        ids += [line.strip() for line in printed if line.endswith("\n")]
    assert publisher.wait(10) == -signal.SIGKILL

    broker = Broker(tmp_path)
    received = broker.subscriptions.find(SUBSCRIPTION).lease(
        holder=Holder(), limit=10 * len(ids)
    )
    broker.close()
    assert set(ids) <= {each.message.message_id for each in received}
    assert len(ids) >= LINES


def test_a_topic_that_is_deleted_leaves_nothing_it_retained(bench: Bench) -> None:
    bench.retain(seconds=600)
    bench.publish(b"x")
    bench.ack(bench.lease())
    assert bench.rows("message") == 1

    bench.broker.delete_topic(TOPIC)

    assert bench.rows("message") == bench.rows("topic") == 0
    assert bench.feed.subscription.topic == "_deleted-topic_"
    assert isinstance(bench.feed.subscription, Subscription)
