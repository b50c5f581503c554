"""
Dead letters: on our server and on Google's emulator.
"""

from tests.contract.pubsub_servers import PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]


def test_a_message_that_fails_five_times_is_a_dead_letter(pubsub: PubSub) -> None:
    dead, topic = pubsub.topic(), pubsub.topic()
    letters = pubsub.subscription(dead)
    subscription = pubsub.subscription(
        topic,
        dead_letter_policy={"dead_letter_topic": dead, "max_delivery_attempts": 5},
    )
    pubsub.publish(topic, {"data": b"x", "attributes": {"a": "b"}})

    attempts = []
    for _ in range(5):
        received = pubsub.pull_one(subscription)
        attempts.append(received.delivery_attempt)
        pubsub.nack(subscription, received)
    # The emulator looks for what is due when somebody pulls.
    assert pubsub.is_drained(subscription)
    letter = pubsub.pull_one(letters).message

    assert attempts == [1, 2, 3, 4, 5]
    assert letter.data == b"x"
    attributes = dict(letter.attributes)
    assert attributes.pop("CloudPubSubDeadLetterSourceTopicPublishTime").endswith("Z")
    assert attributes == {
        "a": "b",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": subscription.rpartition("/")[2],
        "CloudPubSubDeadLetterSourceSubscriptionProject": "contract",
    }


def test_attempts_are_told_with_a_dead_letter_policy_only(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"x")
    pubsub.nack(subscription, pubsub.pull_one(subscription))

    assert pubsub.pull_one(subscription).delivery_attempt == 0
