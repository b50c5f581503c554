"""
Pub/Sub's rules: streams that end, and acknowledgements that go nowhere.
"""

from typing import Annotated, ClassVar

import msgspec

from localcloud.faults.rules import FaultError, Rule, Said
from localcloud.pubsub.refusals import Code, RefusedError

SERVICE = "pubsub"
ACKNOWLEDGE = "Acknowledge"
STREAMING_PULL = "StreamingPull"

# In the service's words as far as clients' bug reports tell them, such as
# https://github.com/GoogleCloudPlatform/pubsub/issues/245.
_MESSAGES = {
    "RESOURCE_EXHAUSTED": (
        "Quota exceeded for quota metric 'Regional publisher throughput, kB' and limit "
        "'Regional publisher throughput, kB per minute per region' of service "
        "'pubsub.googleapis.com'."
    ),
    "UNAVAILABLE": (
        "The service was unable to fulfill your request. Please try again. [code=8a75]"
    ),
    "PERMISSION_DENIED": "User not authorized to perform this action.",
    "NOT_FOUND": "Resource not found (resource={leaf}).",
    "INTERNAL": "Internal error encountered.",
    "DEADLINE_EXCEEDED": "Deadline exceeded.",
    "UNAUTHENTICATED": "Request had invalid authentication credentials.",
}


class PubsubFault(Rule, frozen=True, kw_only=True):
    """
    A rule for Pub/Sub; `resource` is the topic, the subscription or the project.
    """

    effects: ClassVar[tuple[str, ...]] = (
        *Rule.effects,
        "end_after_messages",
        "lose_acks",
    )

    service: Annotated[str, Said(description="`pubsub`")] = SERVICE
    end_after_messages: Annotated[
        Annotated[int, msgspec.Meta(ge=1)] | None,
        Said(
            description=f"a {STREAMING_PULL} ends with the error, by default "
            "UNAVAILABLE, after so many messages (a whole number from 1 on)"
        ),
    ] = None
    lose_acks: Annotated[
        bool,
        Said(
            description="`true`: acknowledgements are taken and go nowhere, so that "
            "their messages come again"
        ),
    ] = False


def refused(error: FaultError, resource: str) -> RefusedError:
    """
    A fault's error, in the service's words unless it has its own.
    """
    code = error.canonical
    assert code is not None
    words = _MESSAGES.get(code.name, code.name.replace("_", " ").capitalize())
    message = error.message or words.format(leaf=resource.rsplit("/", 1)[-1])
    return RefusedError(Code[code.name], message, *error.details)
