"""
What comes due though nobody calls.
"""

from tests.contract.pubsub_servers import PubSub


def test_a_deadline_that_nobody_waits_for_is_missed_in_time(pushing: PubSub) -> None:
    """
    The last attempt is never heard of again; its dead letter is waited for elsewhere.
    """
    dead, topic = pushing.topic(), pushing.topic()
    letters = pushing.subscription(dead)
    policy = {"dead_letter_topic": dead, "max_delivery_attempts": 5}
    subscription = pushing.subscription(topic, dead_letter_policy=policy)
    pushing.publish(topic, b"x")
    for _ in range(4):
        pushing.nack(subscription, pushing.pull_one(subscription))
    pushing.deadline(subscription, 1, pushing.pull_one(subscription))

    letter = pushing.pull_one(letters)

    assert letter.message.data == b"x"
