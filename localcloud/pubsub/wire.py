"""
The messages of google.pubsub.v1, as the installed client library has them.

The library wraps them for Python programs; here the plain protobuf classes
inside are used, since wrapping costs several times more than a message does.
Their fields exist only at run time, hence `Any`.
"""

from typing import Any, TypeAlias

from google.iam.v1 import (  # type: ignore[import-untyped] # it ships no types
    iam_policy_pb2,
    policy_pb2,
)
from google.protobuf import empty_pb2

from localcloud.message_types import message_types

pubsub, schema = message_types("google.pubsub_v1", "pubsub", "schema")

TopicPb: TypeAlias = Any
SubscriptionPb: TypeAlias = Any
MessagePb: TypeAlias = Any
PushConfigPb: TypeAlias = Any
Request: TypeAlias = Any
Reply: TypeAlias = Any

Topic: Any = pubsub.Topic.pb()
Subscription: Any = pubsub.Subscription.pb()
PubsubMessage: Any = pubsub.PubsubMessage.pb()
ReceivedMessage: Any = pubsub.ReceivedMessage.pb()
UpdateTopicRequest: Any = pubsub.UpdateTopicRequest.pb()
GetTopicRequest: Any = pubsub.GetTopicRequest.pb()
ListTopicsRequest: Any = pubsub.ListTopicsRequest.pb()
ListTopicsResponse: Any = pubsub.ListTopicsResponse.pb()
ListTopicSubscriptionsRequest: Any = pubsub.ListTopicSubscriptionsRequest.pb()
ListTopicSubscriptionsResponse: Any = pubsub.ListTopicSubscriptionsResponse.pb()
DeleteTopicRequest: Any = pubsub.DeleteTopicRequest.pb()
DetachSubscriptionRequest: Any = pubsub.DetachSubscriptionRequest.pb()
DetachSubscriptionResponse: Any = pubsub.DetachSubscriptionResponse.pb()
PublishRequest: Any = pubsub.PublishRequest.pb()
PublishResponse: Any = pubsub.PublishResponse.pb()
GetSubscriptionRequest: Any = pubsub.GetSubscriptionRequest.pb()
UpdateSubscriptionRequest: Any = pubsub.UpdateSubscriptionRequest.pb()
ListSubscriptionsRequest: Any = pubsub.ListSubscriptionsRequest.pb()
ListSubscriptionsResponse: Any = pubsub.ListSubscriptionsResponse.pb()
DeleteSubscriptionRequest: Any = pubsub.DeleteSubscriptionRequest.pb()
ModifyAckDeadlineRequest: Any = pubsub.ModifyAckDeadlineRequest.pb()
AcknowledgeRequest: Any = pubsub.AcknowledgeRequest.pb()
PullRequest: Any = pubsub.PullRequest.pb()
PullResponse: Any = pubsub.PullResponse.pb()
StreamingPullRequest: Any = pubsub.StreamingPullRequest.pb()
StreamingPullResponse: Any = pubsub.StreamingPullResponse.pb()
ModifyPushConfigRequest: Any = pubsub.ModifyPushConfigRequest.pb()
SeekRequest: Any = pubsub.SeekRequest.pb()
SeekResponse: Any = pubsub.SeekResponse.pb()
ListTopicSnapshotsRequest: Any = pubsub.ListTopicSnapshotsRequest.pb()
GetSnapshotRequest: Any = pubsub.GetSnapshotRequest.pb()
ListSnapshotsRequest: Any = pubsub.ListSnapshotsRequest.pb()
CreateSnapshotRequest: Any = pubsub.CreateSnapshotRequest.pb()
UpdateSnapshotRequest: Any = pubsub.UpdateSnapshotRequest.pb()
DeleteSnapshotRequest: Any = pubsub.DeleteSnapshotRequest.pb()
CreateSchemaRequest: Any = schema.CreateSchemaRequest.pb()
GetSchemaRequest: Any = schema.GetSchemaRequest.pb()
ListSchemasRequest: Any = schema.ListSchemasRequest.pb()
ListSchemaRevisionsRequest: Any = schema.ListSchemaRevisionsRequest.pb()
CommitSchemaRequest: Any = schema.CommitSchemaRequest.pb()
RollbackSchemaRequest: Any = schema.RollbackSchemaRequest.pb()
DeleteSchemaRevisionRequest: Any = schema.DeleteSchemaRevisionRequest.pb()
DeleteSchemaRequest: Any = schema.DeleteSchemaRequest.pb()
ValidateSchemaRequest: Any = schema.ValidateSchemaRequest.pb()
ValidateMessageRequest: Any = schema.ValidateMessageRequest.pb()
GetIamPolicyRequest: Any = iam_policy_pb2.GetIamPolicyRequest
SetIamPolicyRequest: Any = iam_policy_pb2.SetIamPolicyRequest
TestIamPermissionsRequest: Any = iam_policy_pb2.TestIamPermissionsRequest
TestIamPermissionsResponse: Any = iam_policy_pb2.TestIamPermissionsResponse
Policy: Any = policy_pb2.Policy
Empty = empty_pb2.Empty

# What a subscription's `topic` says once its topic has been deleted.
DELETED_TOPIC = "_deleted-topic_"
