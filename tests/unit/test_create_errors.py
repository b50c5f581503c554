"""The table of create errors: every canonical code has its place."""

import grpc
import pytest

from shared.create_errors import TABLE, create_error
from shared.errors import (
    CreateHeldError,
    CreateRefusedError,
    CreateUnknownError,
)


def test_every_code_of_grpc_is_in_the_table() -> None:
    assert set(TABLE) == {code.name for code in grpc.StatusCode} - {"OK"}


@pytest.mark.parametrize(
    ("code", "message", "sort"),
    [
        ("NOT_FOUND", "no such model", CreateRefusedError),
        ("PERMISSION_DENIED", "no rights", CreateHeldError),
        ("PERMISSION_DENIED", "Quota exceeded", CreateHeldError),
        ("RESOURCE_EXHAUSTED", "", CreateHeldError),
        ("UNAVAILABLE", "", CreateUnknownError),
        ("INTERNAL", "", CreateUnknownError),
        ("DEADLINE_EXCEEDED", "", CreateUnknownError),
        ("SOMETHING_NEW", "", CreateUnknownError),
    ],
)
def test_an_answer_is_sorted(code: str, message: str, sort: type[Exception]) -> None:
    assert type(create_error(code, message)) is sort
