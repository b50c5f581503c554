"""
The table of create errors: each canonical code has its place. To take an unknown
outcome for a hold is to ask for the job again at once, and to be billed twice.
"""

import grpc
import pytest

from shared.create_errors import create_error
from shared.errors import (
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
)

SORTS = {
    CreateRefusedError: {
        "INVALID_ARGUMENT",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "NOT_FOUND",
        "ALREADY_EXISTS",
    },
    CreateHeldError: {"PERMISSION_DENIED", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED"},
    CreateUnknownError: {
        "CANCELLED",
        "UNKNOWN",
        "DEADLINE_EXCEEDED",
        "ABORTED",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "SOMETHING_NEW",
    },
}


@pytest.mark.parametrize(
    ("code", "sort"),
    [(code, sort) for sort, codes in SORTS.items() for code in sorted(codes)],
)
def test_an_answer_is_sorted(code: str, sort: type[Exception]) -> None:
    for message in ("", "Quota exceeded", "no such model"):
        assert type(create_error(code, message)) is sort


def test_every_code_of_grpc_is_told_of() -> None:
    told = set[str]().union(*SORTS.values())

    assert told - {"SOMETHING_NEW"} == {code.name for code in grpc.StatusCode} - {"OK"}
