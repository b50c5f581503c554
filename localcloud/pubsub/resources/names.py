"""
Resource names: what may be created under which name.

https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
"""

import re

from localcloud.pubsub.refusals import RefusedError, invalid

_ID = r"(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}"
_TOPIC = re.compile(rf"projects/[^/]+/topics/{_ID}")
_SUBSCRIPTION = re.compile(rf"projects/[^/]+/subscriptions/{_ID}")
_PROJECT = re.compile(r"projects/[^/]+")


def check_topic(name: str) -> str:
    return _checked(_TOPIC, name)


def check_subscription(name: str) -> str:
    return _checked(_SUBSCRIPTION, name)


def check_project(name: str) -> str:
    return _checked(_PROJECT, name)


def _checked(pattern: re.Pattern[str], name: str) -> str:
    if not pattern.fullmatch(name):
        raise _refused(name)
    return name


def _refused(name: str) -> RefusedError:
    return invalid(
        f"Invalid resource name given (name={name}). Refer to "
        "https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names "
        "for more information."
    )
