"""
The calls of google.pubsub.v1: which there are, and what each is sent.
"""

import re
from typing import Any

from localcloud.pubsub import wire

PUBLISHER = "google.pubsub.v1.Publisher"
SUBSCRIBER = "google.pubsub.v1.Subscriber"

# Answered by the function of the same name in snake case.
UNARY: dict[str, dict[str, Any]] = {
    PUBLISHER: {
        "CreateTopic": wire.Topic,
        "UpdateTopic": wire.UpdateTopicRequest,
        "GetTopic": wire.GetTopicRequest,
        "ListTopics": wire.ListTopicsRequest,
        "ListTopicSubscriptions": wire.ListTopicSubscriptionsRequest,
        "DeleteTopic": wire.DeleteTopicRequest,
        "Publish": wire.PublishRequest,
        "DetachSubscription": wire.DetachSubscriptionRequest,
    },
    SUBSCRIBER: {
        "CreateSubscription": wire.Subscription,
        "GetSubscription": wire.GetSubscriptionRequest,
        "UpdateSubscription": wire.UpdateSubscriptionRequest,
        "ListSubscriptions": wire.ListSubscriptionsRequest,
        "DeleteSubscription": wire.DeleteSubscriptionRequest,
        "ModifyAckDeadline": wire.ModifyAckDeadlineRequest,
        "Acknowledge": wire.AcknowledgeRequest,
        "Pull": wire.PullRequest,
        "ModifyPushConfig": wire.ModifyPushConfigRequest,
        "Seek": wire.SeekRequest,
    },
}

# Answered with UNIMPLEMENTED, and with what it is that is not there.
MISSING: dict[str, dict[str, str]] = {
    PUBLISHER: {"ListTopicSnapshots": "snapshots"},
    SUBSCRIBER: dict.fromkeys(
        [
            "GetSnapshot",
            "ListSnapshots",
            "CreateSnapshot",
            "UpdateSnapshot",
            "DeleteSnapshot",
        ],
        "snapshots",
    ),
    "google.pubsub.v1.SchemaService": dict.fromkeys(
        [
            "CreateSchema",
            "GetSchema",
            "ListSchemas",
            "ListSchemaRevisions",
            "CommitSchema",
            "RollbackSchema",
            "DeleteSchemaRevision",
            "DeleteSchema",
            "ValidateSchema",
            "ValidateMessage",
        ],
        "schemas",
    ),
}


def snake_case(call: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", call).lower()
