"""
The local Pub/Sub as Cloud Storage's notifications know it.
"""

from collections.abc import Callable, Mapping

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.refusals import Code, RefusedError
from localcloud.pubsub.wire import PubsubMessage
from localcloud.storage.notices.topics import NoSuchTopicError


class LocalTopics:
    """
    A broker's topics, behind the port of `storage/notices/topics.py`.

    The broker is asked for at each call: it may be made after Cloud Storage.
    """

    def __init__(self, broker: Callable[[], Broker]) -> None:
        self._broker = broker

    def exists(self, topic: str) -> bool:
        return topic in self._broker().topics

    async def publish(
        self, topic: str, data: bytes, attributes: Mapping[str, str]
    ) -> None:
        message = PubsubMessage(data=data, attributes=dict(attributes))
        try:
            self._broker().publish(topic, [message])
        except RefusedError as refusal:
            if refusal.code is Code.NOT_FOUND:
                raise NoSuchTopicError(topic) from refusal
            raise
