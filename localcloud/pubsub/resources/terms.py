"""
What a subscription's settings mean for delivery.
"""

from dataclasses import dataclass
from math import inf

from localcloud.pubsub.resources.durations import seconds
from localcloud.pubsub.resources.filters import Filter, parse_filter
from localcloud.pubsub.wire import SubscriptionPb


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    The part of a subscription that decides who gets which message when.

    Backoffs are zero without a retry policy: such a message goes again at once.
    `most_attempts` is zero without a dead letter policy: then nobody counts.
    """

    ack_deadline_seconds: float
    retention_seconds: float
    expires_after_seconds: float
    retains_acked: bool
    ordered: bool
    exactly_once: bool
    most_attempts: int
    minimum_backoff_seconds: float
    maximum_backoff_seconds: float
    filter: Filter

    def backoff_seconds(self, failures: int) -> float:
        """
        How long a message rests after its n-th nack or missed deadline: doubled
        each time, within the policy's bounds.
        """
        # Past 2 ** 20 every legal bound is exceeded, and the power stays small.
        doubled = self.minimum_backoff_seconds * 2.0 ** min(failures - 1, 20)
        return min(doubled, self.maximum_backoff_seconds)


def terms_of(subscription: SubscriptionPb) -> Terms:
    retries = subscription.retry_policy
    return Terms(
        ack_deadline_seconds=subscription.ack_deadline_seconds,
        retention_seconds=seconds(subscription.message_retention_duration),
        # A policy without a ttl is how a caller says that it never expires.
        expires_after_seconds=seconds(subscription.expiration_policy.ttl) or inf,
        retains_acked=subscription.retain_acked_messages,
        ordered=subscription.enable_message_ordering,
        exactly_once=subscription.enable_exactly_once_delivery,
        most_attempts=subscription.dead_letter_policy.max_delivery_attempts,
        minimum_backoff_seconds=seconds(retries.minimum_backoff),
        maximum_backoff_seconds=seconds(retries.maximum_backoff),
        filter=parse_filter(subscription.filter),
    )
