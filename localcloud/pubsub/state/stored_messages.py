"""
A message as it is kept, and how it becomes one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from localcloud.pubsub.delivery.entries import Entry
from localcloud.pubsub.wire import MessagePb, PubsubMessage

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """
    A message as it is kept: `body` is the message that subscribers get.

    Times are in microseconds; `retained_until` is 0 if its topic retains nothing.
    """

    seq: int
    published: int
    retained_until: int
    message: MessagePb
    body: bytes

    def entry(self) -> Entry:
        return Entry(
            seq=self.seq,
            size=len(self.body),
            published=self.published / MICROSECONDS,
            ordering_key=self.message.ordering_key,
        )


def stamped(
    messages: Sequence[MessagePb], numbers: Iterable[int], *, now: int, retention: int
) -> list[StoredMessage]:
    """
    The messages with ids and a time of their own, whatever they had of those.
    """
    stored = []
    for seq, message in zip(numbers, messages, strict=True):
        published = PubsubMessage()
        published.CopyFrom(message)
        published.message_id = str(seq)
        published.publish_time.FromMicroseconds(now)
        stored.append(
            StoredMessage(
                seq=seq,
                published=now,
                retained_until=now + retention if retention else 0,
                message=published,
                body=published.SerializeToString(),
            )
        )
    return stored
