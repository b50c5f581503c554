"""
The rules of Cloud Monitoring for queries of alerts and charts, which neither Terraform
nor its provider knows.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.operation.metrics import Metric, metrics
from tests.terraform.plans import Plan

METRICS = {metric.name: metric for metric in metrics()}
RUNS = ("defaults", "no_subscription", "everything")

# https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Aligner
# What may be done with each kind of metric that is used here.
COUNTER, VALUES, GAUGE = "counter", "distribution", "gauge"
ALIGNERS = {
    COUNTER: {"ALIGN_DELTA", "ALIGN_RATE", "ALIGN_SUM"},
    VALUES: {"ALIGN_DELTA"},
    GAUGE: {"ALIGN_MAX", "ALIGN_MEAN", "ALIGN_MIN"},
}
REDUCERS = {
    COUNTER: {"REDUCE_SUM"},
    VALUES: {"REDUCE_MEAN", "REDUCE_PERCENTILE_50", "REDUCE_PERCENTILE_95"},
    GAUGE: {"REDUCE_MAX", "REDUCE_SUM"},
}
# Google's own metrics: resource, kind, labels.
GOOGLES = {
    "run.googleapis.com/request_count": (
        "cloud_run_revision",
        COUNTER,
        {"response_code", "response_code_class"},
    ),
    "pubsub.googleapis.com/subscription/num_undelivered_messages": (
        "pubsub_subscription",
        GAUGE,
        set(),
    ),
    "pubsub.googleapis.com/subscription/oldest_unacked_message_age": (
        "pubsub_subscription",
        GAUGE,
        set(),
    ),
}
RESOURCE_LABELS = {
    "cloud_run_revision": {"service_name"},
    "pubsub_subscription": {"subscription_id"},
}
_TEXT = r'"[^"]*"'
_TERM = re.compile(
    rf"(?:(?:resource|metric)\.type|(?:resource|metric)\.label\.[a-z_]+)"
    rf" (?:=|!=) (?:{_TEXT}|(?:one_of|starts_with)\({_TEXT}(?:, {_TEXT})*\))"
)


def name_of(plan: Plan) -> str:
    (dashboard,) = plan.of("google_monitoring_dashboard").values()
    name: str = json.loads(dashboard["dashboard_json"])["displayName"]
    return name


def terms(filter_: str) -> dict[str, str]:
    """The parts of a filter, each checked for its form."""
    found = {}
    for term in filter_.split(" AND "):
        assert _TERM.fullmatch(term), term
        subject, _, value = term.split(" ", 2)
        assert subject not in found, filter_
        found[subject] = value
    return found


def expect_query(
    filter_: str, aggregation: Mapping[str, Any], *, name: str
) -> Metric | None:
    """
    Check a filter and what is made of its series; return our metric, or None for
    one of Google's.
    """
    found = terms(filter_)
    type_ = found["metric.type"].strip('"')
    resource = found["resource.type"].strip('"')
    prefix = f"logging.googleapis.com/user/{name}/"
    ours = METRICS[type_.removeprefix(prefix)] if type_.startswith(prefix) else None
    if ours:
        expected = "cloud_run_revision"
        kind = VALUES if ours.value else COUNTER
        labels = set(ours.labels)
    else:
        expected, kind, labels = GOOGLES[type_]
    assert resource == expected
    wanted = {f"metric.label.{label}" for label in labels}
    wanted |= {f"resource.label.{label}" for label in RESOURCE_LABELS[resource]}
    assert set(found) - {"metric.type", "resource.type"} <= wanted
    assert set(aggregation["by"] or []) <= wanted
    # Two deployments in a project are told apart.
    assert any(subject.startswith("resource.label.") for subject in found)
    assert name in filter_
    assert aggregation["align"] in ALIGNERS[kind]
    assert aggregation["reduce"] in REDUCERS[kind] | {None}
    assert seconds(aggregation["period"]) >= 60
    return ours


def seconds(duration: str) -> int:
    """A duration of whole minutes, as Cloud Monitoring takes no other."""
    number = int(duration.removesuffix("s"))
    assert number % 60 == 0
    return number


def expect_promql(query: str, *, name: str) -> None:
    found = re.fullmatch(
        r"sum\(increase\(logging_googleapis_com:user_(\w+)_sum"
        r"\{monitored_resource=\"cloud_run_revision\","
        r"service_name=~\"([a-z0-9-]+)-\(submit-job\|poll-jobs\)\"\}"
        r"\[\$\{__interval\}\]\)\)",
        query,
    )
    assert found, query
    distributions = {
        re.sub(r"\W", "_", f"{name}/{metric.name}")
        for metric in METRICS.values()
        if metric.value
    }
    assert found[1] in distributions
    assert found[2] == name
