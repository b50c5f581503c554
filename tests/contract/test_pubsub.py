"""
What a program may lean on in Pub/Sub: every test runs on our server and on Google's
own emulator, through the real clients.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from tests.contract.pubsub_servers import TIMEOUT_SECONDS, PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]

EVERY_BYTE = bytes(range(256))


def test_a_message_is_delivered_until_it_is_acknowledged(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)

    (message_id,) = pubsub.publish(topic, b"hello")
    received = pubsub.pull_one(subscription)
    assert (received.message.data, received.message.message_id) == (
        b"hello",
        message_id,
    )

    pubsub.ack(subscription, received)
    assert pubsub.is_drained(subscription)


def test_data_and_attributes_arrive_as_they_were_sent(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    attributes = {
        "ce-id": "0f" * 32,
        "ce-type": "dev.dropbatch.drop.completed.v1",
        "content-type": "application/json",
        "route": "Prüfung/π",
        "empty": "",
    }
    before = datetime.now(UTC)

    future = pubsub.publisher.publish(topic, EVERY_BYTE, **attributes)
    message_id = future.result(TIMEOUT_SECONDS)

    message = pubsub.pull_one(subscription).message
    assert message.data == EVERY_BYTE
    assert dict(message.attributes) == attributes
    assert message.message_id == message_id
    published = datetime.fromisoformat(str(message.publish_time))
    assert abs(published - before) < timedelta(seconds=5)


def test_a_message_without_data_needs_an_attribute_only(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)

    pubsub.publish(topic, {"attributes": {"outcome": "completed"}})

    message = pubsub.pull_one(subscription).message
    assert (message.data, dict(message.attributes)) == (b"", {"outcome": "completed"})


def test_message_ids_are_unique_and_in_the_order_of_the_request(
    pubsub: PubSub,
) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    sent = [f"{number}".encode() for number in range(1_000)]

    ids = pubsub.publish(topic, *sent)

    assert len(set(ids)) == len(sent)
    received = pubsub.pull_all(subscription, len(sent))
    assert {each.message.message_id: each.message.data for each in received} == dict(
        zip(ids, sent, strict=True)
    )


def test_a_pull_brings_no_more_than_it_asks_for(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"1", b"2", b"3")

    assert len(pubsub.pull(subscription, most=2)) == 2
    assert len(pubsub.pull(subscription, most=2)) == 1


def test_a_pull_waits_for_a_message(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    assert pubsub.is_drained(subscription)

    with ThreadPoolExecutor(1) as pool:
        pulled = pool.submit(pubsub.pull_one, subscription)
        pubsub.publish(topic, b"at last")

        assert pulled.result(TIMEOUT_SECONDS).message.data == b"at last"


def test_a_held_message_goes_to_nobody_else(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"mine")

    pubsub.pull_one(subscription)

    assert pubsub.is_drained(subscription)


def test_a_nack_brings_the_message_again_at_once(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"again")
    first = pubsub.pull_one(subscription)

    pubsub.nack(subscription, first)

    second = pubsub.pull_one(subscription)
    assert second.message == first.message
    assert second.ack_id != first.ack_id
    assert second.delivery_attempt == 0  # counted only for a dead letter policy


def test_a_message_comes_again_once_its_deadline_has_passed(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"again")
    first = pubsub.pull_one(subscription)

    pubsub.deadline(subscription, 1, first)
    assert pubsub.is_drained(subscription)

    assert pubsub.pull_one(subscription).message == first.message


def test_an_acknowledgement_after_the_deadline_counts(pubsub: PubSub) -> None:
    """
    As long as nobody else has got the message in the meantime.
    """
    topic = pubsub.topic()
    subscription, clock = pubsub.subscription(topic), pubsub.subscription(topic)
    pubsub.publish(topic, b"late")
    late, other = pubsub.pull_one(subscription), pubsub.pull_one(clock)
    pubsub.deadline(subscription, 1, late)
    pubsub.deadline(clock, 1, other)
    pubsub.pull_one(clock)  # comes when both deadlines have passed

    pubsub.ack(subscription, late)

    assert pubsub.is_drained(subscription)


def test_an_acknowledgement_after_a_nack_does_not_count(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"given back")
    received = pubsub.pull_one(subscription)

    pubsub.nack(subscription, received)
    pubsub.ack(subscription, received)

    assert pubsub.pull_one(subscription).message == received.message


def test_a_late_acknowledgement_leaves_the_next_holder_alone(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"mine now")
    first = pubsub.pull_one(subscription)
    pubsub.nack(subscription, first)
    second = pubsub.pull_one(subscription)

    pubsub.ack(subscription, first)
    pubsub.nack(subscription, second)

    assert pubsub.pull_one(subscription).message == second.message


def test_an_acknowledgement_may_be_repeated(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"twice")
    received = pubsub.pull_one(subscription)

    pubsub.ack(subscription, received)
    pubsub.ack(subscription, received)
    pubsub.nack(subscription, received)

    assert pubsub.is_drained(subscription)


def test_every_subscription_gets_its_own_copy(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    one, other = pubsub.subscription(topic), pubsub.subscription(topic)
    pubsub.publish(topic, b"to all")

    pubsub.ack(one, pubsub.pull_one(one))

    assert pubsub.pull_one(other).message.data == b"to all"
    assert pubsub.is_drained(one)


def test_a_subscription_gets_nothing_from_before_it_was_made(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    pubsub.publish(topic, b"before")

    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"after")

    assert pubsub.pull_one(subscription).message.data == b"after"
    assert pubsub.is_drained(subscription)


def test_a_backlog_outlives_its_topic(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"left behind")

    pubsub.admin.delete_topic(topic=topic)

    found = pubsub.pulls.get_subscription(subscription=subscription)
    assert found.topic == "_deleted-topic_"
    assert pubsub.pull_one(subscription).message.data == b"left behind"
