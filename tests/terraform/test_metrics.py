"""The metrics of logs as they are planned."""

import json
import re
from collections.abc import Mapping

import pytest

from tests.terraform.monitoring_rules import METRICS, RUNS, name_of
from tests.terraform.plans import Plan


@pytest.mark.parametrize("run", RUNS)
def test_each_metric_is_planned_as_the_tests_of_its_lines_have_it(
    plans: Mapping[str, Plan], run: str
) -> None:
    name = name_of(plans[run])

    planned = plans[run].keyed("google_logging_metric", "metric")

    assert planned.keys() == METRICS.keys()
    for key, made in planned.items():
        metric = METRICS[key]
        (descriptor,) = made["metric_descriptor"]
        assert made["name"] == f"{name}/{key}"
        assert re.fullmatch(r"[\w\-.,+!*',()%/]{1,100}", made["name"])
        assert made["filter"] == metric.filter
        assert (made["label_extractors"] or {}) == metric.labels
        assert {label["key"] for label in descriptor["labels"]} == set(metric.labels)
        assert (made["value_extractor"] or "") == metric.value
        assert descriptor["metric_kind"] == "DELTA"
        assert descriptor["value_type"] == ("DISTRIBUTION" if metric.value else "INT64")
        assert descriptor["unit"] == metric.unit
        assert len(made["bucket_options"]) == int(bool(metric.value))


def test_policies_and_the_dashboard_wait_until_the_metrics_are_known(
    plans: Mapping[str, Plan],
) -> None:
    sleep = plans["defaults"].one("time_sleep", "metrics")

    assert json.loads(sleep["triggers"]["metrics"]) == {
        f"dropbatch/{name}": list(metric.labels) for name, metric in METRICS.items()
    }
