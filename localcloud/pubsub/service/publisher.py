"""
google.pubsub.v1.Publisher: each call a function from request to reply.

The names are the calls' own in snake case. Nothing here knows gRPC.
"""

from localcloud.pubsub.broker import Broker
from localcloud.pubsub.resources.names import check_project, check_topic
from localcloud.pubsub.service.paging import page
from localcloud.pubsub.wire import (
    DetachSubscriptionResponse,
    Empty,
    ListTopicsResponse,
    ListTopicSubscriptionsResponse,
    PublishResponse,
    Reply,
    Request,
)


class Publisher:
    """
    What publishers and administrators of topics call.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def create_topic(self, request: Request) -> Reply:
        return self._broker.topics.create(request)

    def update_topic(self, request: Request) -> Reply:
        return self._broker.topics.update(request.topic, request.update_mask.paths)

    def get_topic(self, request: Request) -> Reply:
        return self._broker.topics.find(request.topic)

    def list_topics(self, request: Request) -> Reply:
        topics, token = page(
            self._broker.topics.of_project(check_project(request.project)),
            name=lambda topic: str(topic.name),
            size=request.page_size,
            token=request.page_token,
        )
        return ListTopicsResponse(topics=topics, next_page_token=token)

    def list_topic_subscriptions(self, request: Request) -> Reply:
        topic = self._broker.topics.find(request.topic)
        names, token = page(
            [
                feed.subscription.name
                for feed in self._broker.subscriptions.attached(topic.name)
            ],
            name=str,
            size=request.page_size,
            token=request.page_token,
        )
        return ListTopicSubscriptionsResponse(
            subscriptions=names, next_page_token=token
        )

    def delete_topic(self, request: Request) -> Reply:
        self._broker.delete_topic(check_topic(request.topic))
        return Empty()

    def publish(self, request: Request) -> Reply:
        return PublishResponse(
            message_ids=self._broker.publish(request.topic, request.messages)
        )

    def detach_subscription(self, request: Request) -> Reply:
        self._broker.subscriptions.detach(request.subscription)
        return DetachSubscriptionResponse()
