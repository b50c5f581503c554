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
    "PERMISSION_DENIED": CreateRefusedError,
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
    sort = TABLE.get(code, CreateUnknownError)
    if code == "PERMISSION_DENIED" and "quota" in message.lower():
        # Some quotas answer 403 instead of 429; they pass as those do.
        sort = CreateHeldError
    return sort(code, message)
