"""
Dead letters: what was attempted often enough, as its dead letter topic gets it.

https://cloud.google.com/pubsub/docs/handling-failures
"""

from datetime import UTC

from localcloud.pubsub.wire import MessagePb, PubsubMessage, SubscriptionPb

_PREFIX = "CloudPubSubDeadLetterSource"


def dead_letter(
    message: MessagePb, subscription: SubscriptionPb, *, attempts: int
) -> MessagePb:
    """
    The message anew, with attributes that say where it comes from.
    """
    _, project, _, name = subscription.name.split("/")
    published = message.publish_time.ToDatetime(tzinfo=UTC)
    time = published.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    letter = PubsubMessage(
        data=message.data,
        attributes=message.attributes,
        ordering_key=message.ordering_key,
    )
    letter.attributes[f"{_PREFIX}DeliveryCount"] = str(attempts)
    letter.attributes[f"{_PREFIX}Subscription"] = name
    letter.attributes[f"{_PREFIX}SubscriptionProject"] = project
    letter.attributes[f"{_PREFIX}TopicPublishTime"] = time
    return letter
