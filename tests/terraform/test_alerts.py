"""The alert policies as they are planned."""

import re
from collections.abc import Iterator, Mapping

import pytest

from pages.runbook import ALERTS, events, runbook
from tests.operation.metrics import Metric
from tests.terraform.monitoring_rules import RUNS, expect_query, name_of, seconds, terms
from tests.terraform.plans import Plan, Values

WITHOUT_AN_ALERT = {
    "job_missing": "a single 404 may pass: while it lasts, open_drops says so"
}


def conditions(policy: Values) -> Iterator[tuple[str, Values]]:
    for condition in policy["conditions"]:
        (kind,) = (
            kind
            for kind, value in condition.items()
            if kind.startswith("condition_") and value
        )
        (found,) = condition[kind]
        yield kind, found


def alerts(plan: Plan) -> dict[str, Values]:
    return plan.keyed("google_monitoring_alert_policy", "alert")


def expect_condition(kind: str, condition: Values, *, name: str) -> Metric | None:
    (aggregation,) = condition["aggregations"]
    lasting = seconds(condition["duration"])
    window = seconds(aggregation["alignment_period"])
    assert lasting + window <= 23.5 * 3_600
    if kind == "condition_absent":
        assert lasting >= 120
    else:
        assert kind == "condition_threshold"
        assert condition["comparison"] in ("COMPARISON_GT", "COMPARISON_LT")
        # What is not there can be asked about only over a time.
        assert not condition["evaluation_missing_data"] or lasting
        expect_denominator(condition, name=name)
    as_asked = {
        "period": aggregation["alignment_period"],
        "align": aggregation["per_series_aligner"],
        "reduce": aggregation["cross_series_reducer"],
        "by": aggregation["group_by_fields"],
    }
    return expect_query(condition["filter"], as_asked, name=name)


def expect_denominator(condition: Values, *, name: str) -> None:
    if not condition["denominator_filter"]:
        assert not condition["denominator_aggregations"]
        return
    numerator, denominator = (
        terms(condition[part]) for part in ("filter", "denominator_filter")
    )
    assert denominator.items() <= numerator.items()
    assert condition["denominator_aggregations"] == condition["aggregations"]
    assert name in condition["denominator_filter"]


@pytest.mark.parametrize("run", RUNS)
def test_each_alert_asks_what_cloud_monitoring_can_answer(
    plans: Mapping[str, Plan], run: str
) -> None:
    plan = plans[run]

    assert alerts(plan)
    for alert, policy in alerts(plan).items():
        assert 1 <= len(policy["conditions"]) <= 6, alert
        names = [each["display_name"] for each in policy["conditions"]]
        assert len(set(names)) == len(names), alert
        for kind, condition in conditions(policy):
            expect_condition(kind, condition, name=name_of(plan))


@pytest.mark.parametrize("run", RUNS)
def test_each_alert_brings_its_runbook_and_goes_to_the_channels(
    plans: Mapping[str, Plan], run: str
) -> None:
    plan = plans[run]
    wanted = set(ALERTS) - ({"dead_letters"} if run == "no_subscription" else set())

    assert alerts(plan).keys() == wanted
    for alert, policy in alerts(plan).items():
        (text,) = policy["documentation"]
        title = runbook(alert).partition("\n")[0].removeprefix("# ")
        assert text["mime_type"] == "text/markdown"
        for heading in ("## Symptom", "## Query", "## Action"):
            assert heading in text["content"]
        assert "${" not in text["content"]
        assert len(text["content"]) < 8_192
        assert policy["display_name"] == f"{name_of(plan)}: {title}"
        assert policy["severity"] in ("CRITICAL", "ERROR", "WARNING")
        assert policy["user_labels"]["dropbatch"] == name_of(plan)
        (strategy,) = policy["alert_strategy"]
        assert 1_800 <= seconds(strategy["auto_close"]) <= 604_800


def test_each_event_that_is_an_error_has_an_alert(plans: Mapping[str, Plan]) -> None:
    plan = plans["defaults"]
    watched = {
        metric.name.partition("/")[0]
        for policy in alerts(plan).values()
        for kind, condition in conditions(policy)
        if (metric := expect_condition(kind, condition, name=name_of(plan)))
    }

    errors = {event for event, it in events().items() if it["severity"] == "ERROR"}

    assert errors - watched == set(WITHOUT_AN_ALERT)


def test_an_absent_tick_is_asked_for_over_more_than_the_longest_poll(
    plans: Mapping[str, Plan],
) -> None:
    plan = plans["defaults"]
    poll = plan.one("google_cloudfunctions2_function", "poll_jobs")
    longest = poll["service_config"][0]["timeout_seconds"]

    windows = {
        kind: (condition["duration"], condition["aggregations"][0]["alignment_period"])
        for kind, condition in conditions(alerts(plan)["tick_missing"])
    }

    assert seconds(windows["condition_absent"][0]) > longest + 600
    assert seconds(windows["condition_threshold"][1]) > longest + 600


@pytest.mark.parametrize(("run", "poll_minutes"), [("defaults", 1), ("everything", 5)])
@pytest.mark.parametrize(
    ("alert", "event"), [("create_forbidden", "held"), ("tick_fails", "drive_failed")]
)
def test_what_is_tried_again_later_says_so_within_the_alerts_window(
    plans: Mapping[str, Plan], run: str, poll_minutes: int, alert: str, event: str
) -> None:
    poll = plans[run].one("google_cloudfunctions2_function", "poll_jobs")
    settings = poll["service_config"][0]["environment_variables"]
    hold = int(settings["DROPBATCH_HOLD_MAX_SECONDS"])

    (condition,) = (
        each
        for _, each in conditions(alerts(plans[run])[alert])
        if f'/{event}"' in each["filter"]
    )

    (aggregation,) = condition["aggregations"]
    assert seconds(aggregation["alignment_period"]) >= hold + 2 * 60 * poll_minutes
    assert seconds(condition["duration"]) == 2 * seconds(
        aggregation["alignment_period"]
    )


def test_what_is_set_aside_is_told_of_by_one_alert(plans: Mapping[str, Plan]) -> None:
    """Its own: that it is late as well says nothing more to an operator."""
    policies = alerts(plans["defaults"])
    ((_, late),) = conditions(policies["late"])

    assert 'metric.label.reason != "set_aside"' in late["filter"]
    assert late["aggregations"][0]["group_by_fields"] == ["metric.label.reason"]
    assert policies["set_aside"]["severity"] == "ERROR"


def test_an_alerts_services_are_the_functions(plans: Mapping[str, Plan]) -> None:
    plan = plans["everything"]
    functions = plan.of("google_cloudfunctions2_function")
    names = {function["name"] for function in functions.values()}
    letters = {
        each["name"]
        for each in plan.keyed("google_pubsub_subscription", "dead_letters").values()
    }
    (trigger,) = functions["submit_job"]["event_trigger"]
    queue = (
        f"eventarc-{trigger['trigger_region']}-{functions['submit_job']['name']}-"
    ).lower()
    known = names | letters | {queue}

    for policy in alerts(plan).values():
        for _, condition in conditions(policy):
            for subject, value in terms(condition["filter"]).items():
                if subject.startswith("resource.label."):
                    assert set(re.findall(r'"([^"]*)"', value)) <= known
