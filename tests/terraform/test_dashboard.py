"""The dashboard as it is planned."""

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest

from tests.terraform.monitoring_rules import RUNS, expect_promql, expect_query, name_of
from tests.terraform.plans import Plan


def tiles(plan: Plan) -> list[dict[str, Any]]:
    (dashboard,) = plan.of("google_monitoring_dashboard").values()
    layout = json.loads(dashboard["dashboard_json"])["mosaicLayout"]
    assert layout["columns"] == 48
    found: list[dict[str, Any]] = layout["tiles"]
    return found


def empty(value: Any, path: str = "") -> Iterator[str]:
    """Where something is that is no more than nothing."""
    if value in (None, "", 0, [], {}):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from empty(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from empty(inner, f"{path}[{number}]")


@pytest.mark.parametrize("run", RUNS)
def test_each_chart_asks_what_cloud_monitoring_can_answer(
    plans: Mapping[str, Plan], run: str
) -> None:
    plan = plans[run]

    for tile in tiles(plan):
        for data_set in tile["widget"]["xyChart"]["dataSets"]:
            (form,) = data_set["timeSeriesQuery"]
            if form == "prometheusQuery":
                expect_promql(data_set["timeSeriesQuery"][form], name=name_of(plan))
                continue
            asked = data_set["timeSeriesQuery"]["timeSeriesFilter"]
            aggregation = asked["aggregation"]
            assert data_set["minAlignmentPeriod"] == aggregation["alignmentPeriod"]
            as_asked = {
                "period": aggregation["alignmentPeriod"],
                "align": aggregation["perSeriesAligner"],
                "reduce": aggregation.get("crossSeriesReducer"),
                "by": aggregation.get("groupByFields"),
            }
            expect_query(asked["filter"], as_asked, name=name_of(plan))


@pytest.mark.parametrize("run", RUNS)
def test_tiles_lie_on_the_grid_and_not_on_one_another(
    plans: Mapping[str, Plan], run: str
) -> None:
    places = [
        (each.get("xPos", 0), each.get("yPos", 0), each["width"], each["height"])
        for each in tiles(plans[run])
    ]

    for x, _, width, _ in places:
        assert x + width <= 48
    for one, other in combinations(places, 2):
        apart = (
            one[axis] + one[axis + 2] <= other[axis]
            or other[axis] + other[axis + 2] <= one[axis]
            for axis in (0, 1)
        )
        assert any(apart), (one, other)


@pytest.mark.parametrize("run", RUNS)
def test_nothing_is_in_the_dashboard_that_the_service_leaves_out(
    plans: Mapping[str, Plan], run: str
) -> None:
    """
    It answers without what is zero or empty; the provider would plan to add it for ever
    (hashicorp/terraform-provider-google, issue 16173).
    """
    (dashboard,) = plans[run].of("google_monitoring_dashboard").values()

    assert list(empty(json.loads(dashboard["dashboard_json"]))) == []


def test_what_has_no_subscription_has_no_chart_of_dead_letters(
    plans: Mapping[str, Plan],
) -> None:
    titles = {
        run: {tile["widget"]["title"] for tile in tiles(plans[run])} for run in RUNS
    }

    assert titles["defaults"] - titles["no_subscription"] == {
        "Dead letters by subscription"
    }
