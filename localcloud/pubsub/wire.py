"""
The messages of google.pubsub.v1, as the installed client library has them.

The library wraps them for Python programs; here the plain protobuf classes
inside are used, since wrapping costs several times more than a message does.
Their fields exist only at run time, hence `Any`.
"""

from typing import Any, TypeAlias

from google.protobuf import empty_pb2
from google.pubsub_v1.types import pubsub

TopicPb: TypeAlias = Any
SubscriptionPb: TypeAlias = Any
MessagePb: TypeAlias = Any
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
Empty = empty_pb2.Empty

# What a subscription's `topic` says once its topic has been deleted.
DELETED_TOPIC = "_deleted-topic_"
