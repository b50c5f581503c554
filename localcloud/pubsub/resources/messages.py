"""
What may be published.

https://cloud.google.com/pubsub/quotas#resource_limits
"""

from collections.abc import Mapping, Sequence

from localcloud.pubsub.refusals import RefusedError, invalid
from localcloud.pubsub.wire import MessagePb

_MOST_MESSAGES = 1_000
_LARGEST_REQUEST = 10_000_000
_LARGEST_PAYLOAD = 10_485_760
_MOST_ATTRIBUTES = 100
_LONGEST_KEY = 256
_LONGEST_VALUE = 1_024
_LONGEST_ORDERING_KEY = 1_024


def check_messages(messages: Sequence[MessagePb]) -> None:
    """
    All of them may be published together, or INVALID_ARGUMENT.
    """
    size = sum(message.ByteSize() for message in messages)
    if size > _LARGEST_PAYLOAD:
        raise invalid(
            f"Request payload size exceeds the limit: {_LARGEST_PAYLOAD} bytes."
        )
    _check("request_size", size, _LARGEST_REQUEST)
    if not messages:
        raise invalid(
            "The value for message_count is too small. You passed 0 in the request, "
            "but the minimum value is 1."
        )
    _check("message_count", len(messages), _MOST_MESSAGES)
    for message in messages:
        if not (message.data or message.attributes):
            raise _empty()
        _check_attributes(message.attributes)
        _check(
            "ordering_key_size",
            len(message.ordering_key.encode()),
            _LONGEST_ORDERING_KEY,
        )


def _check_attributes(attributes: Mapping[str, str]) -> None:
    _check("attribute_count", len(attributes), _MOST_ATTRIBUTES)
    for key, value in attributes.items():
        if not key:
            raise invalid("An attribute key in the request is empty.")
        _check("attribute_key_size", len(key.encode()), _LONGEST_KEY)
        _check("attribute_value_size", len(value.encode()), _LONGEST_VALUE)


def _check(what: str, given: int, most: int) -> None:
    if given > most:
        raise invalid(
            f"The value for {what} is too large. You passed {given} in the request, "
            f"but the maximum value is {most}."
        )


def _empty() -> RefusedError:
    return invalid(
        "One or more messages in the publish request is empty. Each message must "
        "contain either non-empty data, or at least one attribute."
    )
