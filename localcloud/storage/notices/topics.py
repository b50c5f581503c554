"""
The port to Pub/Sub: all that Cloud Storage asks of it.
"""

from collections.abc import Mapping
from typing import Protocol


class NoSuchTopicError(Exception):
    """
    There is no topic of that name, or no longer.
    """


class Topics(Protocol):
    """
    Topics under their names, `projects/P/topics/T`.
    """

    def exists(self, topic: str) -> bool:
        """Say whether there is such a topic."""

    async def publish(
        self, topic: str, data: bytes, attributes: Mapping[str, str]
    ) -> None:
        """
        Return once the message is safe; NoSuchTopicError if there is no topic.
        """


class _NoTopics:
    def exists(self, topic: str) -> bool:
        return False

    async def publish(
        self, topic: str, data: bytes, attributes: Mapping[str, str]
    ) -> None:
        raise NoSuchTopicError(topic)


NO_TOPICS: Topics = _NoTopics()
"""
A Pub/Sub without topics.
"""
