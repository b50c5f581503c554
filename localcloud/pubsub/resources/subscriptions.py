"""
A subscription's settings: checked, and completed with the service's defaults.

https://cloud.google.com/pubsub/docs/subscription-properties
"""

from collections.abc import Sequence

from localcloud.pubsub.push.endpoints import check_push_config
from localcloud.pubsub.refusals import invalid, unimplemented
from localcloud.pubsub.resources.durations import (
    DAY,
    MINUTE,
    check_at_least,
    check_between,
    seconds,
)
from localcloud.pubsub.resources.filters import parse_filter
from localcloud.pubsub.resources.labels import check_labels
from localcloud.pubsub.resources.masks import updated
from localcloud.pubsub.resources.names import check_subscription, check_topic
from localcloud.pubsub.wire import Subscription, SubscriptionPb

_MUTABLE = frozenset(
    {
        "ack_deadline_seconds",
        "bigquery_config",
        "bigtable_config",
        "cloud_storage_config",
        "dead_letter_policy",
        "enable_exactly_once_delivery",
        "expiration_policy",
        "labels",
        "message_retention_duration",
        "message_transforms",
        "push_config",
        "retain_acked_messages",
        "retry_policy",
    }
)
_LONGEST_BACKOFF = 10 * MINUTE


def new_subscription(given: SubscriptionPb) -> SubscriptionPb:
    """
    The subscription as the service would show it after making it.
    """
    check_subscription(given.name)
    check_topic(given.topic)
    subscription = Subscription()
    subscription.CopyFrom(given)
    subscription.ClearField("detached")
    subscription.ClearField("topic_message_retention_duration")
    parse_filter(subscription.filter)
    return _completed(subscription)


def changed_subscription(
    current: SubscriptionPb, given: SubscriptionPb, paths: Sequence[str]
) -> SubscriptionPb:
    return _completed(updated(current, given, paths, mutable=_MUTABLE))


def check_ack_deadline(given: int, *, least: int) -> int:
    if not least <= given <= 600:
        raise invalid(
            f"Invalid ack deadline given (ack_deadline={given}). The ack deadline must "
            f"be between {least} and 600 seconds."
        )
    return given


def _completed(subscription: SubscriptionPb) -> SubscriptionPb:
    check_labels(subscription.labels)
    _refuse_exports(subscription)
    check_push_config(subscription.push_config)
    _check_exactly_once(subscription)
    subscription.push_config.SetInParent()
    subscription.ack_deadline_seconds = subscription.ack_deadline_seconds or 10
    check_ack_deadline(subscription.ack_deadline_seconds, least=10)
    _complete_retention(subscription)
    _complete_retry_policy(subscription)
    _complete_dead_letter_policy(subscription)
    subscription.state = Subscription.State.ACTIVE
    return subscription


def _refuse_exports(subscription: SubscriptionPb) -> None:
    for field in ("bigquery_config", "bigtable_config", "cloud_storage_config"):
        if subscription.HasField(field):
            raise unimplemented(f"export subscriptions ({field})")
    if subscription.message_transforms:
        raise unimplemented("message transforms")


def _check_exactly_once(subscription: SubscriptionPb) -> None:
    # https://cloud.google.com/pubsub/docs/exactly-once-delivery: pull only.
    pushed = bool(subscription.push_config.push_endpoint)
    if pushed and subscription.enable_exactly_once_delivery:
        raise invalid("Exactly once delivery is not supported for push subscriptions.")


def _complete_retention(subscription: SubscriptionPb) -> None:
    if not subscription.HasField("message_retention_duration"):
        subscription.message_retention_duration.seconds = 7 * DAY
    check_between(
        "message retention duration",
        subscription.message_retention_duration,
        10 * MINUTE,
        31 * DAY,
    )
    if not subscription.HasField("expiration_policy"):
        subscription.expiration_policy.ttl.seconds = 31 * DAY
    # A policy without a ttl is how a caller says that it never expires.
    if subscription.expiration_policy.HasField("ttl"):
        check_at_least("expiration duration", subscription.expiration_policy.ttl, DAY)


def _complete_retry_policy(subscription: SubscriptionPb) -> None:
    if not subscription.HasField("retry_policy"):
        return
    policy = subscription.retry_policy
    if not policy.HasField("minimum_backoff"):
        policy.minimum_backoff.seconds = 10
    if not policy.HasField("maximum_backoff"):
        policy.maximum_backoff.seconds = _LONGEST_BACKOFF
    check_between("minimum_backoff", policy.minimum_backoff, 0, _LONGEST_BACKOFF)
    check_between("maximum_backoff", policy.maximum_backoff, 0, _LONGEST_BACKOFF)
    if seconds(policy.maximum_backoff) < seconds(policy.minimum_backoff):
        raise invalid("The maximum_backoff must not be less than the minimum_backoff.")


def _complete_dead_letter_policy(subscription: SubscriptionPb) -> None:
    if not subscription.HasField("dead_letter_policy"):
        return
    policy = subscription.dead_letter_policy
    check_topic(policy.dead_letter_topic)
    policy.max_delivery_attempts = policy.max_delivery_attempts or 5
    if not 5 <= policy.max_delivery_attempts <= 100:
        raise invalid(
            "The value for max_delivery_attempts is out of bounds. You passed "
            f"{policy.max_delivery_attempts} in the request, but the value must be "
            "between 5 and 100."
        )
