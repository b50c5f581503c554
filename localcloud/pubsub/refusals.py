"""
Every refusal that a caller of the service sees: a code and Google's own words.

The codes are gRPC's canonical names, which REST carries as well, so neither
transport is known here. Texts are the service's where it is known to use them
(recorded answers of the service); others follow their form.
"""

from collections.abc import Mapping
from enum import StrEnum

PERMANENT_INVALID_ACK_ID = "PERMANENT_FAILURE_INVALID_ACK_ID"


class Code(StrEnum):
    """
    The canonical codes that this service answers with.
    """

    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    UNAVAILABLE = "UNAVAILABLE"


class RefusedError(Exception):
    """
    A call that is answered with an error instead of a reply.

    `ack_failures` maps ack ids to the reason that client libraries look for
    in the error's details when a subscription delivers exactly once.
    """

    def __init__(
        self, code: Code, message: str, *, ack_failures: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.ack_failures = dict(ack_failures or {})


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


def stale_ack_ids(ack_ids: list[str]) -> RefusedError:
    return RefusedError(
        Code.INVALID_ARGUMENT,
        "Some acknowledgement ids in the request were invalid. This could be because "
        "the acknowledgement ids have expired or the acknowledgement ids were "
        "malformed.",
        ack_failures=dict.fromkeys(ack_ids, PERMANENT_INVALID_ACK_ID),
    )


def _leaf(name: str) -> str:
    return name.rsplit("/", 1)[-1]
