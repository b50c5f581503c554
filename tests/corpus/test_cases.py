"""
Every case of bad input, through the real function over HTTP and a poll after it: its
exact outcome, its message and report against their schemas, and how long it took.
"""

import json
from typing import assert_never, cast

import pytest

from shared.jobs import work_name
from shared.messages import DROP_JSON, REPORT
from tests.canary import CANARY
from tests.corpus.cases import (
    Accepted,
    Case,
    Ignored,
    Outcome,
    Refused,
    Rejected,
    Retried,
    is_in,
)
from tests.corpus.fuzzing import MENDING
from tests.corpus.playing import Played, Stage
from tests.corpus.table import CASES, NUMBERS
from tests.corpus.telling import expect_names_where_names_are, expect_no_content
from tests.moments import record
from tests.schemas import check_report

MOST_SECONDS = 2


@pytest.fixture(scope="module", params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    return cast(Case, request.param)


@pytest.fixture(scope="module")
def played(case: Case, stage: Stage) -> Played:
    played = stage.play(case)
    for _ in range(3):
        if played.seconds > MOST_SECONDS:
            # Whoever else is at this machine may have taken the caches.
            played = stage.play(case)
    return played


def test_a_case_ends_as_the_table_says(case: Case, played: Played) -> None:
    expect(case.outcome, case, played)
    if case.most_read is not None:
        assert played.bytes_read <= case.most_read


def test_a_case_tells_nothing_of_its_content(played: Played) -> None:
    """At no log level, in no message, report, record, label or answer."""
    expect_no_content(played)


def test_a_case_tells_its_name_as_a_name_and_nowhere_else(played: Played) -> None:
    expect_names_where_names_are(played)


def test_every_number_of_the_corpus_has_its_case() -> None:
    assert {case.number for case in CASES} == set(NUMBERS)
    assert len({str(case) for case in CASES}) == len(CASES)


def test_every_case_that_has_a_row_holds_the_canary() -> None:
    without = {case.number for case in CASES if not is_in(CANARY, case.made())}

    assert without == {1, 2}


def expect(outcome: Outcome, case: Case, played: Played) -> None:
    """Hold what came of a case against what should have."""
    match outcome:
        case Accepted():
            _expect_accepted(outcome, case, played)
        case Rejected():
            _expect_rejected(outcome, case, played)
        case Ignored():
            _expect_ignored(outcome, case, played)
        case Refused():
            _expect_refused(outcome, case, played)
        case Retried():
            _expect_retried(outcome, case, played)
        case _:
            assert_never(outcome)


def _expect_accepted(outcome: Accepted, case: Case, played: Played) -> None:
    assert played.statuses == [200] * len(played.drops)
    assert len(played.cloud.batches.requests) == len(played.drops)
    for drop in played.drops:
        said = played.message(drop)
        assert (said["outcome"], said["reason"]) == ("completed", None)
        # In each case that is odd, the last row alone is.
        assert [
            (each["code"], each["rows"], each["first_line"])
            for each in said["warnings"]
        ] == [(odd, 1, outcome.rows) for odd in outcome.warnings]
        assert said["counts"]["rows"] == outcome.rows
        kept = record(played.cloud, drop.drop_id)
        assert kept.checked is not None
        assert kept.checked.rows == outcome.rows
    staged = work_name(record(played.cloud, played.drops[0].drop_id).job_key)
    assert played.cloud.objects.content("work", staged) == case.made()
    assert len({drop.drop_id for drop in played.drops}) == len(played.drops)


def _expect_rejected(outcome: Rejected, case: Case, played: Played) -> None:
    assert played.statuses == [200]
    assert played.seconds < MOST_SECONDS
    assert played.cloud.batches.requests == []
    said = played.message(played.drops[0])
    assert (said["outcome"], said["reason"]) == ("rejected", outcome.code)
    folder = said["output_uri"].removeprefix("gs://results/")
    objects = played.cloud.objects
    assert json.loads(objects.content("results", folder + DROP_JSON)) == said
    report = check_report(objects.content("results", folder + REPORT))
    first = report["problems"][0]
    assert (first["code"], first["line"], first["offset"], first["path"]) == (
        outcome.code,
        outcome.line,
        outcome.offset,
        outcome.path,
    )
    assert report["problem_count"] == outcome.problems
    assert len(report["problems"]) == min(outcome.problems, 100)
    for problem in report["problems"]:
        assert MENDING.search(problem["message"]), problem["message"]
    assert first["message"] in said["error"]["message"]


def _expect_ignored(outcome: Ignored, case: Case, played: Played) -> None:
    assert played.statuses == [200]
    (line,) = [each for each in played.lines() if each["event"] != "tick"]
    assert line["severity"] == "INFO"
    assert (line["event"], line["reason"]) == ("ignored", outcome.reason)
    assert played.calls == []
    assert played.cloud.announcements.published == []


def _expect_refused(outcome: Refused, case: Case, played: Played) -> None:
    assert played.statuses == [200]
    (line,) = [each for each in played.lines() if each["event"] != "tick"]
    assert (line["severity"], line["event"]) == ("ERROR", "event_refused")
    assert played.calls == []
    assert played.cloud.announcements.published == []


def _expect_retried(outcome: Retried, case: Case, played: Played) -> None:
    assert played.statuses == [500, 200]
    assert len(played.cloud.batches.requests) == 1
    assert played.message(played.drops[0])["outcome"] == "completed"
