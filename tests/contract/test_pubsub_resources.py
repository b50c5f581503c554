"""
Topics and subscriptions as resources: made, shown, listed, changed, deleted. On our
server and, where it has them, on Google's own emulator.
"""

from uuid import uuid4

import pytest
from google.api_core.exceptions import NotFound

from tests.contract.pubsub_servers import PROJECT, PubSub

pytest_plugins = ["tests.contract.pubsub_fixtures"]


def test_a_subscription_shows_the_defaults(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)

    found = pubsub.pulls.get_subscription(subscription=subscription)

    assert (found.name, found.topic) == (subscription, topic)
    assert found.ack_deadline_seconds == 10
    assert found.message_retention_duration.days == 7  # type: ignore[attr-defined]  # a timedelta, whatever its annotation says
    assert "push_config" in found


def test_an_update_changes_what_its_mask_names(pubsub: PubSub) -> None:
    subscription = pubsub.subscription(pubsub.topic(), retain_acked_messages=True)

    changed = {"name": subscription, "ack_deadline_seconds": 30}
    pubsub.pulls.update_subscription(
        {"subscription": changed, "update_mask": {"paths": ["ack_deadline_seconds"]}}
    )

    found = pubsub.pulls.get_subscription(subscription=subscription)
    assert (found.ack_deadline_seconds, found.retain_acked_messages) == (30, True)


def test_lists_come_in_pages(pubsub: PubSub) -> None:
    project = f"projects/project-{uuid4().hex}"
    topics = [f"{project}/topics/topic-{number}" for number in range(5)]
    subscriptions = [f"{project}/subscriptions/sub-{number}" for number in range(5)]
    for name in topics:
        pubsub.admin.create_topic(name=name)
    for name in subscriptions:
        pubsub.pulls.create_subscription(name=name, topic=topics[0])

    of_project = pubsub.admin.list_topics({"project": project, "page_size": 2})
    assert [topic.name for topic in of_project] == topics
    there = pubsub.pulls.list_subscriptions({"project": project, "page_size": 2})
    assert [subscription.name for subscription in there] == subscriptions
    attached = pubsub.admin.list_topic_subscriptions(
        {"topic": topics[0], "page_size": 2}
    )
    assert list(attached) == subscriptions


def test_a_deleted_subscription_is_gone_with_its_backlog(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.publish(topic, b"gone")

    pubsub.pulls.delete_subscription(subscription=subscription)
    with pytest.raises(NotFound):
        pubsub.pull(subscription)

    pubsub.pulls.create_subscription(name=subscription, topic=topic)
    assert pubsub.is_drained(subscription)


def test_a_topic_of_the_same_name_is_another_one(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic)
    pubsub.admin.delete_topic(topic=topic)

    pubsub.admin.create_topic(name=topic)
    pubsub.publish(topic, b"for others")

    assert pubsub.is_drained(subscription)


def test_labels_and_policies_can_be_changed(local_pubsub: PubSub) -> None:
    subscription = local_pubsub.subscription(
        local_pubsub.topic(), labels={"team": "a"}, retry_policy={}
    )
    found = local_pubsub.pulls.get_subscription(subscription=subscription)
    assert found.retry_policy.minimum_backoff.seconds == 10
    assert found.expiration_policy.ttl.days == 31  # type: ignore[attr-defined]  # a timedelta, whatever its annotation says

    changed = {"name": subscription, "labels": {"team": "b"}, "expiration_policy": {}}
    paths = ["labels", "expiration_policy", "retry_policy"]
    local_pubsub.pulls.update_subscription(
        {"subscription": changed, "update_mask": {"paths": paths}}
    )

    found = local_pubsub.pulls.get_subscription(subscription=subscription)
    assert dict(found.labels) == {"team": "b"}
    assert "ttl" not in found.expiration_policy
    assert "retry_policy" not in found


def test_a_topic_can_be_changed(local_pubsub: PubSub) -> None:
    topic = local_pubsub.topic(labels={"team": "a"})

    changed = {"name": topic, "message_retention_duration": {"seconds": 600}}
    local_pubsub.admin.update_topic(
        {"topic": changed, "update_mask": {"paths": ["message_retention_duration"]}}
    )

    found = local_pubsub.admin.get_topic(topic=topic)
    assert found.message_retention_duration.seconds == 600
    assert dict(found.labels) == {"team": "a"}


def test_a_pull_subscription_stays_one(local_pubsub: PubSub) -> None:
    subscription = local_pubsub.subscription(local_pubsub.topic())

    local_pubsub.pulls.modify_push_config(
        {"subscription": subscription, "push_config": {}}
    )

    assert local_pubsub.is_drained(subscription)


def test_a_project_has_its_own_names(local_pubsub: PubSub) -> None:
    ours = local_pubsub.topic()
    others = local_pubsub.admin.list_topics(project=f"{PROJECT}-2")

    assert ours not in [topic.name for topic in others]
