"""
The functions as Terraform deploys them: their settings, their code, what calls them.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields

import pytest

import main
from shared.drops import FINALIZED
from shared.routes import Limits
from shared.settings import Settings, settings_from, variable
from tests.terraform.installing import ROOT
from tests.terraform.plans import Plan, Values

RUNS = ("defaults", "no_subscription", "key", "everything")
Plans = Mapping[str, Plan]


def functions(plan: Plan) -> dict[str, Values]:
    return plan.of("google_cloudfunctions2_function")


def environments(plan: Plan) -> list[Mapping[str, str]]:
    return [
        function["service_config"][0]["environment_variables"]
        for function in functions(plan).values()
    ]


def test_every_run_is_looked_at(plans: Plans) -> None:
    assert set(plans) == set(RUNS)


@pytest.mark.parametrize("run", RUNS)
def test_the_environment_has_the_names_of_the_settings(plans: Plans, run: str) -> None:
    for environment in environments(plans[run]):
        assert set(environment) == {variable(field.name) for field in fields(Settings)}


@pytest.mark.parametrize("run", RUNS)
def test_the_functions_accept_their_environment(plans: Plans, run: str) -> None:
    submitting, polling = (settings_from(env) for env in environments(plans[run]))

    assert submitting == polling
    assert submitting.routes == polling.routes


def test_what_is_not_set_is_as_in_the_settings(plans: Plans) -> None:
    settings = settings_from(environments(plans["defaults"])[0])

    for field in fields(Settings):
        if field.default is not MISSING:
            assert getattr(settings, field.name) == field.default, field.name


def test_what_is_set_reaches_the_functions(plans: Plans) -> None:
    settings = settings_from(environments(plans["everything"])[0])
    routes = {route.prefix: route for route in settings.routes.routes}

    assert (settings.deployment, settings.region) == ("second", "europe-west4")
    assert settings.wanted_suffixes == (".jsonl", ".ndjson")
    assert (settings.settle_seconds, settings.sweep_seconds) == (900, 7200)
    assert settings.inbox_bucket == "acme-second-inbox"
    assert routes["team/world/"].location == "global"
    assert routes["team/"].labels == {"team": "one"}
    assert list(routes["team/"].media_prefixes) == [
        "gs://their-media/",
        "https://example.com/media/",
    ]
    assert (settings.jobs, settings.set_aside_tries) == (500, 5)
    assert routes["team/"].limits == Limits(
        rows=1000,
        bytes=1_000_000,
        jobs=20,
        rows_per_day=100_000,
        deadline_seconds=172_800,
    )
    assert routes["team/"].enabled is False
    assert list(routes[""].media_prefixes) == ["gs://acme-second-media/"]


@pytest.mark.parametrize("run", RUNS)
def test_each_entry_point_is_deployed_under_its_own_name(
    plans: Plans, run: str
) -> None:
    deployed = functions(plans[run])

    assert set(deployed) == set(main.__all__)
    for name, function in deployed.items():
        assert function["build_config"][0]["entry_point"] == name
        assert function["name"].endswith(f"-{name.replace('_', '-')}")


@pytest.mark.parametrize("run", RUNS)
def test_the_functions_run_the_archive_on_the_tested_python(
    plans: Plans, run: str
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    tested = re.fullmatch(r">=(\d+)\.(\d+)", project["requires-python"])
    assert tested
    archive = plans[run].one("google_storage_bucket_object", "source")

    for function in functions(plans[run]).values():
        build = function["build_config"][0]
        source = build["source"][0]["storage_source"][0]
        assert build["runtime"] == f"python{tested[1]}{tested[2]}"
        assert source["object"] == archive["name"]
        assert source["bucket"] == archive["bucket"]
        assert archive["bucket"].endswith("-source")


def test_the_sizes_are_the_designs(plans: Plans) -> None:
    """
    docs/decisions/009: one file at a time in an instance of 512 MiB, one tick at once,
    and a look at the inbox beside it.
    """
    sizes = {
        name: (
            service["available_memory"],
            service["available_cpu"],
            service["timeout_seconds"],
            service["max_instance_request_concurrency"],
            service["max_instance_count"],
        )
        for name, function in functions(plans["defaults"]).items()
        for service in function["service_config"]
    }

    assert sizes == {
        "submit_job": ("512Mi", "1", 540, 1, 20),
        "poll_jobs": ("512Mi", "1", 900, 1, 2),
    }


def test_each_function_runs_as_its_own_account(plans: Plans) -> None:
    for name, function in functions(plans["defaults"]).items():
        service = function["service_config"][0]
        assert service["service_account_email"] == f"{name}@example.com"
        assert service["ingress_settings"] == "ALLOW_INTERNAL_ONLY"
        assert function["build_config"][0]["service_account"].endswith("/build")


@pytest.mark.parametrize("run", RUNS)
def test_new_generations_in_the_inbox_are_all_that_fires(
    plans: Plans, run: str
) -> None:
    """
    Nothing of ours is written there, so that nothing can fire itself.
    """
    settings = settings_from(environments(plans[run])[0])
    deployed = functions(plans[run])
    (trigger,) = deployed["submit_job"]["event_trigger"]
    (watched,) = trigger["event_filters"]
    written = {
        *(settings.state_bucket, settings.work_bucket, settings.results_bucket),
        plans[run].one("google_storage_bucket_object", "source")["bucket"],
    }

    assert deployed["poll_jobs"]["event_trigger"] == []
    assert trigger["event_type"] == FINALIZED
    assert (watched["attribute"], watched["value"]) == ("bucket", settings.inbox_bucket)
    assert settings.inbox_bucket not in written
    # An event comes from where its bucket is, and a failed one comes again.
    assert trigger["trigger_region"] == settings.region
    assert trigger["retry_policy"] == "RETRY_POLICY_RETRY"
    if run == "defaults":
        assert trigger["service_account_email"] == "trigger@example.com"


@pytest.mark.parametrize("run", RUNS)
def test_the_schedule_gives_a_tick_the_time_it_may_take(plans: Plans, run: str) -> None:
    settings = settings_from(environments(plans[run])[0])
    jobs = plans[run].of("google_cloud_scheduler_job").values()
    service = {
        name: function["service_config"][0]
        for name, function in functions(plans[run]).items()
    }
    last = service["submit_job"]["timeout_seconds"]
    whole = service["poll_jobs"]["timeout_seconds"]

    assert settings.poll_budget_seconds + last <= whole
    # What the platform allows, for a call by Scheduler and for an event.
    assert whole <= 1800
    assert last <= 540
    assert len(jobs) == 2
    for job in jobs:
        (target,) = job["http_target"]
        assert job["attempt_deadline"] == f"{whole}s"
        assert target["http_method"] == "POST"
        if run == "defaults":
            (token,) = target["oidc_token"]
            assert token["service_account_email"] == "scheduler@example.com"


@pytest.mark.parametrize(("run", "days"), [("defaults", 400), ("everything", 800)])
def test_nothing_is_claimed_whose_record_may_be_deleted(
    plans: Plans, run: str, days: int
) -> None:
    """The one number makes both the rule that deletes records and the limit."""
    settings = settings_from(environments(plans[run])[0])
    state = plans[run].keyed("google_storage_bucket", "bucket")["state"]
    ages = {
        rule["condition"][0]["days_since_custom_time"]
        for rule in state["lifecycle_rule"]
        if rule["condition"][0]["matches_prefix"] == ["rec/"]
    }

    assert ages == {days}
    assert settings.records_kept_seconds == days * 86_400


@pytest.mark.parametrize("run", RUNS)
def test_each_route_says_when_it_began(plans: Plans, run: str) -> None:
    settings = settings_from(environments(plans[run])[0])

    assert settings.began_at.isoformat() == "2026-11-26T09:00:00+00:00"
    assert all(route.began == settings.began_at for route in settings.routes.routes)
