"""The plan of a soak, and what may be in it."""

import pytest

from localcloud.control.given import read_given
from localcloud.faults.catalogue.entries import catalogue
from shared.given_routes import parse_routes
from shared.preflight import Preflight, StopReading
from shared.settings import settings_from
from tests.soak import acts
from tests.soak.deploying import DEPLOYMENT
from tests.soak.files import BAD, File
from tests.soak.planning import file_of, plan
from tests.soak.spells import LANES, LEFT_OUT
from tests.soak.times import CALM, LAG, LONGEST_SLEEP


def test_a_seed_replays_its_plan_of_faults_byte_for_byte() -> None:
    assert plan(7, 10).told() == plan(7, 10).told()
    assert plan(7, 10).told() != plan(8, 10).told()
    assert plan(7, 10).told() != plan(7, 9).told()


def test_the_same_plan_drops_the_same_bytes() -> None:
    first, second = (
        [file_of(upload).content() for upload in plan(7, 2).uploads] for _ in range(2)
    )

    assert first == second
    assert len(set(first)) > len(first) * 0.9, "files are told apart by their bytes"


def test_the_end_of_a_plan_is_calm() -> None:
    planned = plan(7, 10)

    for act in planned.acts:
        lasts = act.seconds if isinstance(act, acts.Spell) else 0
        assert act.at + lasts <= planned.seconds <= 600 - CALM


@pytest.mark.parametrize(("seed", "minutes"), [(34, 1), (7, 10)])
def test_every_kind_of_act_is_in_a_plan(seed: int, minutes: int) -> None:
    kinds = {type(act) for act in plan(seed, minutes).acts}

    assert kinds == set(acts.Acts.__args__)


def test_every_fault_of_the_catalogue_is_injected_or_says_why_not() -> None:
    injected = {fault["name"] for faults in LANES.values() for fault in faults}
    there_are = {name for name, entry in catalogue().items() if not entry.always}

    assert there_are - injected == set(LEFT_OUT)


def test_ten_minutes_inject_every_fault() -> None:
    planned = {a.fault["name"] for a in plan(7, 10).acts if isinstance(a, acts.Spell)}

    assert planned == {fault["name"] for lane in LANES.values() for fault in lane}


def test_a_local_cloud_can_switch_on_all_of_them() -> None:
    for fault in (fault for faults in LANES.values() for fault in faults):
        assert read_given({**fault, "seed": 7})


def test_no_drop_is_billed_twice_by_design() -> None:
    """
    What lists hide and what a sleeping process has in its hand show well before an
    unknown outcome is looked for.
    """
    settings = settings_from(DEPLOYMENT.settings())
    looked_for = settings.create_deadline_seconds + settings.settle_seconds

    assert settings.settle_seconds > LAG
    assert LAG + LONGEST_SLEEP + settings.create_timeout_seconds < looked_for


@pytest.mark.parametrize("code", BAD)
def test_a_file_that_can_not_run_is_rejected_with_the_code_of_its_kind(
    code: str,
) -> None:
    settings = settings_from(DEPLOYMENT.settings())
    route = parse_routes(
        settings.routes_json,
        region=settings.region,
        media_bucket=settings.media_bucket,
        own_buckets=settings.own_buckets,
    ).match("demo/a.jsonl")
    assert route
    preflight = Preflight(route.limits, route.media_prefixes)
    try:
        preflight.feed(File(name="demo/a.jsonl", kind=code, mark="7 1").content())
        verdict = preflight.finish()
    except StopReading:
        verdict = preflight.verdict()

    assert verdict.problems[0].code == code
