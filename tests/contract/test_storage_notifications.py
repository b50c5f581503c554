"""
Notifications: what happens in a bucket is told to topics, at least once.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.storage_server import (
    TIMEOUT_SECONDS,
    RunningStorage,
    error_of,
    running_storage,
)
from tests.contract.storage_topics import MemoryTopics, Message

TOPIC = "projects/test-project/topics/news"
ASKED = {"topic": f"//pubsub.googleapis.com/{TOPIC}", "payload_format": "JSON_API_V1"}


@pytest.fixture(scope="module")
def topics() -> MemoryTopics:
    return MemoryTopics(names={TOPIC, f"{TOPIC}-2"})


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, topics: MemoryTopics
) -> Iterator[RunningStorage]:
    with running_storage(tmp_path_factory.mktemp("storage"), topics=topics) as running:
        yield running


def configs(bucket: str) -> str:
    return f"/storage/v1/b/{bucket}/notificationConfigs"


def wanting(
    server: RunningStorage, bucket: str, status: int = 200, **asked: Any
) -> dict[str, Any]:
    made: dict[str, Any] = server.call(
        "POST", configs(bucket), json={**ASKED, **asked}, status=status
    ).json()
    return made


def until(claim: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not claim():
        assert time.monotonic() < deadline, "it was never told"
        time.sleep(0.01)


def told(
    server: RunningStorage, topics: MemoryTopics, bucket: str, count: int
) -> list[Message]:
    """
    A bucket's messages, once there are so many and nothing waits.
    """

    def found() -> list[Message]:
        return [m for m in topics.messages if m.attributes["bucketId"] == bucket]

    until(lambda: len(found()) >= count)
    until(lambda: not server.within(lambda store: store.notifications.waiting()))
    assert len(found()) == count
    return found()


def test_the_client_makes_lists_and_deletes_them(server: RunningStorage) -> None:
    bucket = server.bucket()
    made = bucket.notification(
        topic_name="news",
        topic_project="test-project",
        custom_attributes={"a": "b"},
        event_types=["OBJECT_FINALIZE", "OBJECT_DELETE"],
        blob_name_prefix="in/",
        payload_format="NONE",
    )
    made.create()
    other = bucket.notification(topic_name="news-2", topic_project="test-project")
    other.create()

    assert [each.notification_id for each in bucket.list_notifications()] == ["1", "2"]
    assert next(bucket.list_notifications()).topic_name == "news"
    seen = bucket.get_notification("1")
    assert seen.custom_attributes == {"a": "b"}
    assert seen.event_types == ["OBJECT_FINALIZE", "OBJECT_DELETE"]
    assert (seen.blob_name_prefix, seen.payload_format) == ("in/", "NONE")
    assert seen.etag
    assert seen.self_link.endswith(f"/b/{bucket.name}/notificationConfigs/1")
    assert bucket.get_notification("2").payload_format == "NONE"
    made.delete()
    assert not made.exists()
    assert [each.notification_id for each in bucket.list_notifications()] == ["2"]
    server.call("DELETE", f"{configs(bucket.name)}/1", status=404)
    server.restart()
    assert [each.notification_id for each in bucket.list_notifications()] == ["2"]


def test_a_message_says_what_happened_to_what(
    server: RunningStorage, topics: MemoryTopics
) -> None:
    bucket = server.bucket().name
    wanting(server, bucket, custom_attributes={"a": "b", "eventType": "mine"})
    made = server.insert(bucket, "in%2Fa", b"x")

    (message,) = told(server, topics, bucket, 1)

    time_of_it = message.attributes.pop("eventTime")
    assert time_of_it == made["timeCreated"]
    assert message.attributes == {
        "a": "b",
        "notificationConfig": f"projects/_/buckets/{bucket}/notificationConfigs/1",
        "eventType": "OBJECT_FINALIZE",
        "payloadFormat": "JSON_API_V1",
        "bucketId": bucket,
        "objectId": "in/a",
        "objectGeneration": made["generation"],
    }
    assert message.topic == TOPIC
    resource = json.loads(message.data)
    assert (resource["name"], resource["md5Hash"]) == ("in/a", made["md5Hash"])


def test_overwrites_say_which_generation_took_which_place(
    server: RunningStorage, topics: MemoryTopics
) -> None:
    plain, versioned = server.bucket(), server.bucket(versioned=True)
    for bucket, gone in ((plain, "OBJECT_DELETE"), (versioned, "OBJECT_ARCHIVE")):
        wanting(server, bucket.name, payload_format="NONE")
        old = server.insert(bucket.name, "o", b"1")["generation"]
        new = server.insert(bucket.name, "o", b"2")["generation"]

        messages = told(server, topics, bucket.name, 3)

        assert [
            (
                each.attributes["eventType"],
                each.attributes["objectGeneration"],
                each.attributes.get("overwroteGeneration"),
                each.attributes.get("overwrittenByGeneration"),
            )
            for each in messages
        ] == [
            ("OBJECT_FINALIZE", old, None, None),
            (gone, old, None, new),
            ("OBJECT_FINALIZE", new, old, None),
        ]
        assert {each.data for each in messages} == {b""}


def test_each_notification_gets_what_it_asked_for(
    server: RunningStorage, topics: MemoryTopics
) -> None:
    bucket = server.bucket()
    wanting(server, bucket.name, event_types=["OBJECT_DELETE"])
    wanting(server, bucket.name, object_name_prefix="in/")
    wanting(server, bucket.name, event_types=["OBJECT_METADATA_UPDATE"])
    wanting(server, server.bucket().name)
    for name in ("in/a", "out"):
        bucket.blob(name).upload_from_string(b"")
    blob = bucket.blob("out")
    blob.metadata = {"k": "v"}
    blob.patch()
    bucket.delete_blob("out")

    messages = told(server, topics, bucket.name, 3)

    assert sorted(
        (m.attributes["notificationConfig"][-1], m.attributes["objectId"])
        for m in messages
    ) == [("1", "out"), ("2", "in/a"), ("3", "out")]


def test_a_topic_that_is_not_there_is_refused_in_googles_words(
    server: RunningStorage,
) -> None:
    bucket = server.bucket().name
    topic = "//pubsub.googleapis.com/projects/test-project/topics/none"
    answer = server.call(
        "POST", configs(bucket), json={**ASKED, "topic": topic}, status=400
    )
    agent = server.call("GET", "/storage/v1/projects/test-project/serviceAccount")
    address = agent.json()["email_address"]
    assert address.endswith("@gs-project-accounts.iam.gserviceaccount.com")
    assert error_of(answer) == (
        400,
        "invalid",
        f"Cloud Pub/Sub topic '{topic}' not found, or user '{address}' does not have "
        "permission to it.",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "news"},
        {"topic": 7},
        {"topic": None},
        {"payload_format": "XML"},
        {"payload_format": ["NONE"]},
        {"payload_format": None},
        {"event_types": ["OBJECT_SEEN"]},
        {"event_types": "OBJECT_DELETE"},
        {"event_types": [{}]},
        {"object_name_prefix": 5},
        {"custom_attributes": ["a"]},
        {"custom_attributes": {"a": 1}},
        {"custom_attributes": {"": "a"}},
        {"custom_attributes": {"a": "b" * 1025}},
        {"custom_attributes": {str(n): "" for n in range(11)}},
    ],
)
def test_what_can_not_be_meant_is_refused(
    server: RunningStorage, wrong: dict[str, Any]
) -> None:
    bucket = server.bucket().name
    assert wanting(server, bucket, status=400, **wrong)["error"]["code"] == 400
    assert server.call("GET", configs(bucket)).json() == {
        "kind": "storage#notifications"
    }


def test_ten_may_hear_of_one_event(server: RunningStorage) -> None:
    bucket = server.bucket().name
    for _ in range(10):
        wanting(server, bucket, event_types=["OBJECT_DELETE"])
    refused = wanting(server, bucket, status=400)
    assert refused["error"]["message"] == "Too many overlapping notifications."
    wanting(server, bucket, event_types=["OBJECT_ARCHIVE"])
