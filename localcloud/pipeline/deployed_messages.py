"""
How subscriptions are set up, as fields of their resource.

The same as in `terraform/messages.tf`, which has the reasons; a test compares the two.
"""

from collections.abc import Mapping
from typing import Any

_MINUTE = 60
_DAY = 24 * 60 * _MINUTE


def subscription(topic: str, *, dead_letters: str, labels: Mapping[str, str]) -> Any:
    """
    A pull subscription to the messages; what is refused too often goes to another
    topic.
    """
    return {
        **_kept(topic, days=7, labels=labels),
        "retry_policy": {
            "minimum_backoff": {"seconds": 10},
            "maximum_backoff": {"seconds": 10 * _MINUTE},
        },
        "dead_letter_policy": {
            "dead_letter_topic": dead_letters,
            "max_delivery_attempts": 10,
        },
    }


def subscription_to_dead_letters(topic: str, *, labels: Mapping[str, str]) -> Any:
    """
    Where those wait for a person.
    """
    return _kept(topic, days=31, labels=labels)


def _kept(topic: str, *, days: int, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "topic": topic,
        "labels": dict(labels),
        "ack_deadline_seconds": 60,
        "message_retention_duration": {"seconds": days * _DAY},
        # Without a time to live it stays.
        "expiration_policy": {},
    }
