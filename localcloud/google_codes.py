"""
google.rpc.Code: the canonical codes of Google's APIs, and the HTTP status of each.
"""

from enum import IntEnum


class Code(IntEnum):
    """
    google.rpc.Code, by number.
    """

    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


# From the comments of google/rpc/code.proto.
HTTP_STATUS = {
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}

# The first of the codes that share a status is the usual one, but for these.
_USUAL = {500: Code.INTERNAL, 409: Code.ABORTED}
_BY_STATUS = {status: code for code, status in reversed(HTTP_STATUS.items())} | _USUAL


def code_of_status(status: int) -> Code | None:
    """
    The code that an HTTP status most often stands for; None if it stands for none.
    """
    return _BY_STATUS.get(status)
