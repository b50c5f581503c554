"""
What is to be told waits until its topic takes it, over restarts too, and holds up
nobody.
"""

from google.cloud.storage import Bucket

from tests.contract.storage_server import RunningStorage
from tests.contract.storage_topics import MemoryTopics
from tests.contract.test_storage_notifications import (
    TOPIC,
    configs,
    server,
    told,
    topics,
    until,
    wanting,
)

__all__ = ["server", "topics"]


def test_what_could_not_be_told_is_told_later_and_holds_up_nobody(
    server: RunningStorage, topics: MemoryTopics
) -> None:
    gone, there = server.bucket().name, server.bucket().name
    topics.names.add(f"{TOPIC}-3")
    wanting(server, gone, topic=f"//pubsub.googleapis.com/{TOPIC}-3")
    wanting(server, there)
    topics.names.remove(f"{TOPIC}-3")
    server.insert(gone, "a", b"")
    server.insert(gone, "b", b"")
    server.insert(there, "c", b"")
    until(lambda: [m.attributes["objectId"] for m in topics.messages][-1:] == ["c"])

    topics.names.add(f"{TOPIC}-3")
    topics.failures = 1

    messages = told(server, topics, gone, 2)
    assert [each.attributes["objectId"] for each in messages] == ["a", "b"]


def test_what_was_not_told_before_the_end_is_told_after_it(
    server: RunningStorage, topics: MemoryTopics
) -> None:
    bucket = server.bucket().name
    wanting(server, bucket)
    topics.names.remove(TOPIC)
    server.insert(bucket, "o", b"")
    server.restart()
    assert not [m for m in topics.messages if m.attributes["bucketId"] == bucket]
    topics.names.add(TOPIC)
    server.restart()
    server.insert(bucket, "later", b"")
    messages = told(server, topics, bucket, 2)
    assert [each.attributes["objectId"] for each in messages] == ["o", "later"]


def test_who_is_forgotten_leaves_nothing_behind(
    server: RunningStorage, topics: MemoryTopics
) -> None:
    bucket = server.bucket()
    made = wanting(server, bucket.name)
    topics.names.remove(TOPIC)
    server.insert(bucket.name, "o", b"")
    server.call("DELETE", f"{configs(bucket.name)}/{made['id']}", status=204)
    wanted = wanting(server, bucket.name, topic=f"//pubsub.googleapis.com/{TOPIC}-2")
    bucket.delete_blob("o")
    assert wanted["id"] == "1"
    bucket.delete()
    topics.names.add(TOPIC)
    assert server.within(lambda store: store.notifications.waiting()) == []


def test_what_nobody_asked_for_is_not_kept(server: RunningStorage) -> None:
    bucket: Bucket = server.bucket()
    server.within(lambda store: store.outbox._drop("tests"))
    try:
        before = server.events()
        server.insert(bucket.name, "o", b"")
        assert server.events() == before
    finally:
        server.restart()
