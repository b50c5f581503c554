"""
A subscriber that hides nothing: prints every delivered message as a line of
JSON, repeats included. Run behind the door with the subscription's name.
"""

import json
import sys
import threading

from google.cloud.pubsub_v1 import SubscriberClient
from google.cloud.pubsub_v1.subscriber.message import Message


def main(subscription: str, topic: str) -> None:
    """Collect until standard input ends."""
    client = SubscriberClient()
    client.create_subscription(name=subscription, topic=topic)
    lock = threading.Lock()

    def take(message: Message) -> None:
        line = {
            "data": message.data.decode(),
            "attributes": dict(message.attributes),
            "message_id": message.message_id,
        }
        with lock:
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
        message.ack()

    pulling = client.subscribe(subscription, callback=take)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    pulling.cancel()


if __name__ == "__main__":
    main(*sys.argv[1:])
