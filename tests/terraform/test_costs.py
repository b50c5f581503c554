"""What docs/costs.md takes for given of the deployment is what is planned."""

from collections import Counter
from collections.abc import Mapping

from benchmarks.costs import Assumed
from tests.terraform.plans import Plan


def test_as_many_metrics_and_conditions_are_paid_for_as_are_made(
    plans: Mapping[str, Plan],
) -> None:
    plan = plans["defaults"]
    kinds = Counter(
        metric["metric_descriptor"][0]["value_type"]
        for metric in plan.of("google_logging_metric").values()
    )
    conditions = sum(
        len(policy["conditions"])
        for policy in plan.of("google_monitoring_alert_policy").values()
    )

    assumed = Assumed()

    assert kinds == {
        "INT64": assumed.counting_metrics,
        "DISTRIBUTION": assumed.distribution_metrics,
    }
    assert conditions == assumed.alert_conditions
