"""
Topics in memory, which can be gone or fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localcloud.storage.notices.topics import NoSuchTopicError


@dataclass(frozen=True, kw_only=True)
class Message:
    topic: str
    data: bytes
    attributes: dict[str, str]


@dataclass(kw_only=True)
class MemoryTopics:
    """
    What Cloud Storage publishes, in order; the next `failures` are refused.
    """

    names: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    failures: int = 0

    def exists(self, topic: str) -> bool:
        return topic in self.names

    async def publish(
        self, topic: str, data: bytes, attributes: Mapping[str, str]
    ) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the topic can't be reached")
        if topic not in self.names:
            raise NoSuchTopicError(topic)
        self.messages.append(
            Message(topic=topic, data=data, attributes=dict(attributes))
        )
