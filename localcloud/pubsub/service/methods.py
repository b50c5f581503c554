"""
The calls of pubsub.googleapis.com: which there are, and what each is sent.
"""

import re
from typing import Any

from localcloud.pubsub import wire

PUBLISHER = "google.pubsub.v1.Publisher"
SUBSCRIBER = "google.pubsub.v1.Subscriber"
SCHEMAS = "google.pubsub.v1.SchemaService"
IAM = "google.iam.v1.IAMPolicy"

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
    IAM: {
        "GetIamPolicy": wire.GetIamPolicyRequest,
        "SetIamPolicy": wire.SetIamPolicyRequest,
        "TestIamPermissions": wire.TestIamPermissionsRequest,
    },
}

# Answered with UNIMPLEMENTED: what is not there, and what each call is sent.
MISSING: dict[str, tuple[str, dict[str, Any]]] = {
    PUBLISHER: ("snapshots", {"ListTopicSnapshots": wire.ListTopicSnapshotsRequest}),
    SUBSCRIBER: (
        "snapshots",
        {
            "GetSnapshot": wire.GetSnapshotRequest,
            "ListSnapshots": wire.ListSnapshotsRequest,
            "CreateSnapshot": wire.CreateSnapshotRequest,
            "UpdateSnapshot": wire.UpdateSnapshotRequest,
            "DeleteSnapshot": wire.DeleteSnapshotRequest,
        },
    ),
    SCHEMAS: (
        "schemas",
        {
            "CreateSchema": wire.CreateSchemaRequest,
            "GetSchema": wire.GetSchemaRequest,
            "ListSchemas": wire.ListSchemasRequest,
            "ListSchemaRevisions": wire.ListSchemaRevisionsRequest,
            "CommitSchema": wire.CommitSchemaRequest,
            "RollbackSchema": wire.RollbackSchemaRequest,
            "DeleteSchemaRevision": wire.DeleteSchemaRevisionRequest,
            "DeleteSchema": wire.DeleteSchemaRequest,
            "ValidateSchema": wire.ValidateSchemaRequest,
            "ValidateMessage": wire.ValidateMessageRequest,
        },
    ),
}


def requests_of(service: str) -> dict[str, Any]:
    """
    Every unary call of a service, with the type of its request.
    """
    missing = MISSING.get(service, ("", {}))[1]
    return missing | UNARY.get(service, {})


SERVICES = (PUBLISHER, SUBSCRIBER, SCHEMAS, IAM)


def snake_case(call: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", call).lower()
