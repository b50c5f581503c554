"""
Every refusal that a caller of the service sees: a code and Google's own words.

The codes are gRPC's canonical names, which REST carries as well, so neither
transport is known here. Texts are the service's where it is known to use them
(recorded answers of the service); others follow their form.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from localcloud.google_words import (
    INVALID_CREDENTIALS,
    MISSING_CREDENTIALS,
    credentials_info,
)

_SERVICE = "pubsub.googleapis.com"
PERMANENT_INVALID_ACK_ID = "PERMANENT_FAILURE_INVALID_ACK_ID"


class Code(StrEnum):
    """
    google.rpc.Code: every code that an error can have.
    """

    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    ABORTED = "ABORTED"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    INTERNAL = "INTERNAL"
    UNAVAILABLE = "UNAVAILABLE"
    DATA_LOSS = "DATA_LOSS"
    UNAUTHENTICATED = "UNAUTHENTICATED"


class RefusedError(Exception):
    """
    A call that is answered with an error instead of a reply.

    `details` are as REST shows them: the JSON of messages, each with its "@type".
    """

    def __init__(self, code: Code, message: str, *details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


def invalid(message: str) -> RefusedError:
    return RefusedError(Code.INVALID_ARGUMENT, message)


def not_found(name: str) -> RefusedError:
    return RefusedError(Code.NOT_FOUND, f"Resource not found (resource={_leaf(name)}).")


def already_exists(name: str) -> RefusedError:
    return RefusedError(
        Code.ALREADY_EXISTS,
        f"Resource already exists in the project (resource={_leaf(name)}).",
    )


def unimplemented(what: str) -> RefusedError:
    return RefusedError(
        Code.UNIMPLEMENTED, f"The local Pub/Sub does not implement {what}."
    )


def unauthenticated(method: str) -> RefusedError:
    """
    What a call without a token is told, in the words of Google's front end.
    """
    return RefusedError(
        Code.UNAUTHENTICATED,
        MISSING_CREDENTIALS,
        credentials_info("CREDENTIALS_MISSING", _SERVICE, method=method),
    )


def bad_credentials(method: str, reason: str) -> RefusedError:
    """
    What a call is told whose token is not good, or not good any more.
    """
    return RefusedError(
        Code.UNAUTHENTICATED,
        INVALID_CREDENTIALS,
        credentials_info(reason, _SERVICE, method=method),
    )


def no_project(project: str) -> RefusedError:
    return RefusedError(
        Code.NOT_FOUND,
        "Requested project not found or user does not have access to it "
        f"(project={project}). Make sure to specify the unique project identifier and "
        "not the Google Cloud Console display name.",
    )


def forbidden() -> RefusedError:
    """
    What a caller without the permission is told, whatever it asked for.
    """
    return RefusedError(
        Code.PERMISSION_DENIED, "User not authorized to perform this action."
    )


def stale_ack_ids(ack_ids: list[str]) -> RefusedError:
    """
    Client libraries look for the reason of each id in the details.
    """
    return RefusedError(
        Code.INVALID_ARGUMENT,
        "Some acknowledgement ids in the request were invalid. This could be because "
        "the acknowledgement ids have expired or the acknowledgement ids were "
        "malformed.",
        _error_info(
            "EXACTLY_ONCE_ACKID_FAILURE",
            "pubsub.googleapis.com",
            dict.fromkeys(ack_ids, PERMANENT_INVALID_ACK_ID),
        ),
    )


def _error_info(
    reason: str, domain: str, metadata: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": domain,
        "metadata": dict(metadata),
    }


def _leaf(name: str) -> str:
    return name.rsplit("/", 1)[-1]
