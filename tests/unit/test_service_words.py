"""Of what Vertex AI says of a failed job, only what holds no content is passed on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.vertex.rows import failures
from shared.jobs import JobError
from shared.service_words import publishable

SECRET = "the-letters-text"


def said(message: str) -> str:
    passed = publishable(JobError(code="INTERNAL", message=message))
    assert passed.code == "INTERNAL"
    return passed.message


@pytest.mark.parametrize(
    "failure",
    [
        failures.system_error(),
        failures.failed_export(),
        failures.unknown_bucket("a-bucket"),
        failures.JobFailure(1, "CANCELED"),
    ],
)
def test_a_text_that_is_known_whole_is_passed_on(failure: failures.JobFailure) -> None:
    assert said(failure.message) == failure.message


@pytest.mark.parametrize(
    ("failure", "kept"),
    [
        (
            failures.bad_import(f"Invalid field name {SECRET!r}"),
            "Failed to import data.",
        ),
        (failures.missing_input(f"gs://x/{SECRET}", 5), "Failed to import data."),
        (
            failures.not_permitted("1", "storage.objects.get", "read", SECRET),
            '"storage.objects.get" to read',
        ),
    ],
)
def test_what_may_quote_the_file_is_cut_off(
    failure: failures.JobFailure, kept: str
) -> None:
    assert kept in said(failure.message)
    assert SECRET not in said(failure.message)
    assert "at the job" in said(failure.message)


@given(st.text())
def test_a_text_that_nobody_knows_is_not_passed_on(text: str) -> None:
    message = said(f"{SECRET} {text}")

    assert SECRET not in message
    assert said(message) == message
