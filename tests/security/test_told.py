"""
What comes out when something goes wrong: nothing of a drop's content, whether it is a
bug of ours or a service that quotes what it read.
"""

from typing import Any

import pytest

from shared import preflight
from shared.errors import CreateError, CreateHeldError, CreateUnknownError
from shared.jobs import JobError, JobState
from tests.canary import CANARY
from tests.corpus.cases import GOOD
from tests.corpus.mutating import mutated_lines
from tests.corpus.playing import Played, Stage
from tests.corpus.telling import expect_no_content
from tests.fakes import FakeCloud
from tests.moments import the_job

QUOTING = f"can't read '{CANARY}'"


@pytest.mark.parametrize("bug", [KeyError, ValueError, TypeError, MemoryError])
def test_a_bug_of_the_check_is_seen_and_tells_nothing_of_the_row(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, bug: type[Exception]
) -> None:
    """The framework prints a bug's traceback, with all that it was raised with."""

    def wrong(request: dict[str, Any]) -> Any:
        try:
            raise LookupError(str(request))
        except LookupError:
            raise bug(str(request))  # noqa: B904  # as bugs come

    # No content makes one: a bug has to be made.
    monkeypatch.setattr(preflight, "check_request", wrong)
    cloud = FakeCloud()
    with stage.hearing(cloud) as played:
        stage.deliver(played, cloud.drop(GOOD))
        stage.end(played)
    monkeypatch.undo()

    assert played.statuses == [500]
    assert f"BrokenCheckError: {bug.__name__} in test_told.py:" in played.printed
    assert "at line 1 of a drop" in played.printed
    assert "drive_failed" in played.printed
    expect_no_content(played)


@pytest.mark.parametrize("error", [CreateHeldError, CreateUnknownError])
def test_of_a_create_that_failed_its_code_is_told_alone(
    stage: Stage, error: type[CreateError]
) -> None:
    cloud = FakeCloud()
    cloud.batches.answer = lambda: error("UNAVAILABLE", QUOTING)
    with stage.hearing(cloud) as played:
        stage.deliver(played, cloud.drop(GOOD))
        stage.end(played)

    assert "UNAVAILABLE" in played.printed
    expect_no_content(played)


def _failed(stage: Stage) -> Played:
    """A drop whose job failed, with a reason that quotes it."""
    cloud = FakeCloud()
    with stage.hearing(cloud) as played:
        stage.deliver(played, cloud.drop(GOOD))
        cloud.batches.move(
            the_job(cloud).name,
            JobState.FAILED,
            error=JobError(code="INVALID_ARGUMENT", message=QUOTING),
        )
        stage.end(played)
    return played


def test_of_a_job_that_failed_nothing_is_told_that_may_quote_the_drop(
    stage: Stage,
) -> None:
    """The importer quotes what it read; every subscriber would read it too."""
    played = _failed(stage)

    assert "job_failed" in played.printed
    expect_no_content(played)


def test_ten_thousand_mutated_lines_in_one_drop_tell_nothing(stage: Stage) -> None:
    cloud = FakeCloud()
    with stage.hearing(cloud) as played:
        stage.deliver(played, cloud.drop(b"\n".join(mutated_lines(7, 10_000))))
        stage.end(played)

    ((data, _),) = cloud.announcements.published
    assert b'"rejected"' in data
    expect_no_content(played)
