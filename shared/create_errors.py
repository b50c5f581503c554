"""The one table that sorts what Vertex AI may answer to a create."""

from shared.errors import (
    CreateError,
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
)

# By canonical code (google.rpc.Code). A 4xx made no job; of 5xx, time-outs and
# resets nobody can say (vertex facts, D3). A code that is not here is unknown.
TABLE: dict[str, type[CreateError]] = {
    "INVALID_ARGUMENT": CreateRefusedError,
    "FAILED_PRECONDITION": CreateRefusedError,
    "OUT_OF_RANGE": CreateRefusedError,
    "NOT_FOUND": CreateRefusedError,
    "ALREADY_EXISTS": CreateRefusedError,
    # A grant may still be on its way, and some quotas are told so.
    "PERMISSION_DENIED": CreateHeldError,
    "UNAUTHENTICATED": CreateHeldError,
    "RESOURCE_EXHAUSTED": CreateHeldError,
    "CANCELLED": CreateUnknownError,
    "UNKNOWN": CreateUnknownError,
    "DEADLINE_EXCEEDED": CreateUnknownError,
    "ABORTED": CreateUnknownError,
    "UNIMPLEMENTED": CreateUnknownError,
    "INTERNAL": CreateUnknownError,
    "UNAVAILABLE": CreateUnknownError,
    "DATA_LOSS": CreateUnknownError,
}


def create_error(code: str, message: str) -> CreateError:
    """Return the error that an answer with this canonical code means."""
    return TABLE.get(code, CreateUnknownError)(code, message)
