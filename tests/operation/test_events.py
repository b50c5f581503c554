"""`terraform/events.json` says what the functions log, all of it and nothing else."""

from collections import defaultdict

import pytest

from pages.runbook import events
from tests.operation.log_calls import LogCall, log_calls
from tests.operation.metrics import Metric, metrics
from tests.operation.real_lines import Line, real_lines

METRICS = {metric.name: metric for metric in metrics()}
# The words that a label may have: none of them grows with use. The prefixes of routes
# are the operator's.
LABELS = {"code", "error", "location", "outcome", "reason", "route", "state"}


@pytest.fixture(scope="session")
def lines() -> list[Line]:
    return list(real_lines())


def test_each_event_of_the_code_is_listed_with_its_severity_and_its_fields() -> None:
    calls: dict[str, list[LogCall]] = defaultdict(list)
    for call in log_calls():
        calls[call.event].append(call)

    assert sorted(calls) == sorted(events())
    for event, it in events().items():
        assert {call.severity for call in calls[event]} == {it["severity"]}, event
        found = frozenset[str]().union(*(call.fields for call in calls[event]))
        # One call may write two events, and one of them never has an error.
        assert set(it["fields"]) <= found, event
        assert found - set(it["fields"]) <= {"error"}, event


def test_each_event_is_written_by_the_real_functions_as_it_is_listed(
    lines: list[Line],
) -> None:
    assert {line["event"] for line in lines} == set(events())
    for event, it in events().items():
        written = [line for line in lines if line["event"] == event]
        assert {line["severity"] for line in written} == {it["severity"]}, event
        fields = set().union(*written) - {"severity", "event"}
        assert fields == set(it["fields"]), event


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_finds_its_labels_and_its_number_in_real_lines(
    name: str, lines: list[Line]
) -> None:
    metric = METRICS[name]

    matched = [line for line in lines if metric.matches(line)]

    assert matched
    for label in metric.labels:
        assert any(metric.label(label, line) for line in matched), label
    if metric.value:
        assert any(metric.number(line) is not None for line in matched)


def test_rows_add_up_to_what_was_dropped(lines: list[Line]) -> None:
    (partial,) = (line for line in lines if line.get("reason") == "rows_without_answer")

    found = [
        METRICS[f"ended/{rows}"].number(partial)
        for rows in ("succeeded", "failed", "missing")
    ]

    assert found == [1, 1, 1]


def test_the_rows_of_a_drop_that_never_ran_are_not_counted(lines: list[Line]) -> None:
    (refused,) = (line for line in lines if line.get("reason") == "create_refused")

    assert METRICS["ended"].matches(refused)
    assert METRICS["ended/missing"].number(refused) is None


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_no_label_has_a_value_for_each_drop(metric: Metric) -> None:
    assert metric.labels.keys() <= LABELS


def test_what_is_made_into_a_metric_is_a_field_of_its_event() -> None:
    for it in events().values():
        used = [*it.get("count_by", []), *it.get("numbers", {})]
        for number in it.get("numbers", {}).values():
            used += number["by"]
        assert set(used) <= set(it["fields"])
