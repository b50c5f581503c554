"""
Google's canonical errors, and what they look like over REST.
"""

from enum import IntEnum
from http import HTTPStatus
from typing import Any


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


INTERNAL_ERROR = "Internal error encountered."


class ApiError(Exception):
    """
    An answer that is an error, the same over REST and gRPC.
    """

    def __init__(
        self, code: Code, message: str, details: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(f"{code.name}: {message}")
        self.code = code
        self.message = message
        self.details = details or []

    @property
    def http_status(self) -> int:
        return HTTP_STATUS[self.code]

    def body(self) -> dict[str, Any]:
        """
        The JSON body that a REST client gets.
        """
        error: dict[str, Any] = {
            "code": self.http_status,
            "message": self.message,
            "status": self.code.name,
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


class CutConnectionError(Exception):
    """
    The connection is to be cut without an answer.
    """


def reason_phrase(status: int) -> str:
    """
    The words of an HTTP status, as rows that failed begin with them.
    """
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Client Closed Request" if status == 499 else "Error"


def field_violations(violations: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """
    The `details` that say which fields were wrong: (field, description).
    """
    return [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [
                {"field": name, "description": description}
                if name
                else {"description": description}
                for name, description in violations
            ],
        }
    ]


def invalid_fields(*violations: tuple[str, str]) -> ApiError:
    """
    Vertex's own way to list fields that are missing or wrong.
    """
    listed = "".join(
        f"{number}.Field: {name}; Message: {text}\t"
        for number, (name, text) in enumerate(violations, 1)
    )
    return ApiError(
        Code.INVALID_ARGUMENT,
        f"List of found errors:\t{listed}",
        field_violations(list(violations)),
    )
