"""
Google's canonical errors, and what they look like over REST.
"""

from typing import Any

from localcloud.faults.playing import CutConnectionError as CutConnectionError
from localcloud.google_codes import HTTP_STATUS as HTTP_STATUS
from localcloud.google_codes import Code as Code

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
