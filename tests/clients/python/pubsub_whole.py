"""
What the Pub/Sub client does beyond publish and receive, as one JSON object.

Ordering keys, nacks, exactly-once acknowledgements, flow control: each fact is true if
the client and the service agree.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import TimeoutError as StillRunningError

from google.api_core.exceptions import AlreadyExists, NotFound
from google.cloud import pubsub_v1
from google.cloud.pubsub_v1.subscriber.message import Message

PROJECT = "projects/dropbatch-local"
SECONDS = 30

publisher = pubsub_v1.PublisherClient(
    publisher_options=pubsub_v1.types.PublisherOptions(enable_message_ordering=True)
)
subscriber = pubsub_v1.SubscriberClient()
facts: dict[str, bool] = {}


def made(name: str, **settings: object) -> tuple[str, str]:
    topic = f"{PROJECT}/topics/{name}"
    subscription = f"{PROJECT}/subscriptions/{name}"
    publisher.create_topic(name=topic)
    subscriber.create_subscription(
        request={"name": subscription, "topic": topic, **settings}
    )
    return topic, subscription


def received(
    subscription: str, take: Callable[[Message], bool], *, at_once: int = 100
) -> None:
    """
    Receive until `take` says that it is enough.
    """
    enough = threading.Event()

    def callback(message: Message) -> None:
        if take(message):
            enough.set()

    pulling = subscriber.subscribe(
        subscription,
        callback,
        flow_control=pubsub_v1.types.FlowControl(max_messages=at_once),
    )
    assert enough.wait(SECONDS), f"not enough came from {subscription}"
    pulling.cancel()
    try:
        pulling.result(timeout=SECONDS)
    except StillRunningError:
        facts["streams end"] = False


# Messages of one key come in their order, those of two keys side by side.
topic, subscription = made("client-ordered", enable_message_ordering=True)
for number in range(20):
    for key in ("a", "b"):
        publisher.publish(topic, str(number).encode(), ordering_key=key)
by_key: dict[str, list[int]] = {"a": [], "b": []}


def keep(message: Message) -> bool:
    by_key[message.ordering_key].append(int(message.data))
    message.ack()
    return sum(map(len, by_key.values())) == 40


received(subscription, keep)
facts["ordered"] = by_key == {"a": list(range(20)), "b": list(range(20))}

# What is refused comes again, with the number of the attempt.
dead, dead_letters = made("client-dead")
topic, subscription = made(
    "client-refused",
    dead_letter_policy={"dead_letter_topic": dead, "max_delivery_attempts": 5},
)
publisher.publish(topic, b"unwelcome").result(timeout=SECONDS)
attempts: list[int | None] = []


def refuse(message: Message) -> bool:
    attempts.append(message.delivery_attempt)
    message.nack()
    return len(attempts) == 5


received(subscription, refuse)
letters: list[bytes] = []


def read_letter(message: Message) -> bool:
    letters.append(message.data)
    message.ack()
    return True


received(dead_letters, read_letter)
facts["attempts"] = attempts == [1, 2, 3, 4, 5]
facts["dead letter"] = letters == [b"unwelcome"]

# Exactly once: an acknowledgement has an answer.
topic, subscription = made("client-once", enable_exactly_once_delivery=True)
for number in range(20):
    publisher.publish(topic, str(number).encode())
counts: Counter[bytes] = Counter()
answers: list[object] = []


def acknowledge(message: Message) -> bool:
    counts[message.data] += 1
    answers.append(message.ack_with_response())
    return len(answers) == 20


received(subscription, acknowledge)
facts["exactly once"] = set(counts.values()) == {1} and len(counts) == 20

# No more at a time than flow control lets through.
topic, subscription = made("client-flow")
for number in range(12):
    publisher.publish(topic, str(number).encode()).result(timeout=SECONDS)
running, most, done = [0], [0], [0]
lock = threading.Lock()


def slowly(message: Message) -> bool:
    with lock:
        running[0] += 1
        most[0] = max(most[0], running[0])
    threading.Event().wait(0.05)
    with lock:
        running[0] -= 1
        done[0] += 1
    message.ack()
    return done[0] == 12


received(subscription, slowly, at_once=3)
facts["flow control"] = most[0] <= 3

# Seen by whoever administers them.
try:
    publisher.create_topic(name=topic)
except AlreadyExists:
    facts["already there"] = True
facts["listed"] = topic in [
    each.name for each in publisher.list_topics(project=PROJECT)
]
publisher.delete_topic(topic=topic)
found = subscriber.get_subscription(subscription=subscription)
facts["orphaned"] = found.topic == "_deleted-topic_"
try:
    publisher.get_topic(topic=topic)
except NotFound:
    facts["not found"] = True
print(json.dumps(facts))
