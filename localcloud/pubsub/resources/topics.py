"""
A topic's settings: checked when it is made, checked again when it is changed.
"""

from collections.abc import Sequence

from localcloud.pubsub.refusals import unimplemented
from localcloud.pubsub.resources.durations import DAY, MINUTE, check_between
from localcloud.pubsub.resources.labels import check_labels
from localcloud.pubsub.resources.masks import updated
from localcloud.pubsub.resources.names import check_topic
from localcloud.pubsub.wire import Topic, TopicPb

_MUTABLE = frozenset(
    {
        "labels",
        "message_storage_policy",
        "kms_key_name",
        "schema_settings",
        "message_retention_duration",
        "ingestion_data_source_settings",
        "message_transforms",
    }
)


def new_topic(given: TopicPb) -> TopicPb:
    """
    The topic as the service would show it after making it.
    """
    check_topic(given.name)
    topic = Topic()
    topic.CopyFrom(given)
    return _completed(topic)


def changed_topic(current: TopicPb, given: TopicPb, paths: Sequence[str]) -> TopicPb:
    return _completed(updated(current, given, paths, mutable=_MUTABLE))


def _completed(topic: TopicPb) -> TopicPb:
    check_labels(topic.labels)
    # These change what is published or who publishes. Accepted and ignored, they
    # would make a test pass here that fails on the service.
    if topic.HasField("schema_settings"):
        raise unimplemented("schemas")
    if topic.HasField("ingestion_data_source_settings"):
        raise unimplemented("ingestion topics")
    if topic.message_transforms:
        raise unimplemented("message transforms")
    if topic.HasField("message_retention_duration"):
        check_between(
            "message retention duration",
            topic.message_retention_duration,
            10 * MINUTE,
            31 * DAY,
        )
    topic.state = Topic.State.ACTIVE
    return topic
