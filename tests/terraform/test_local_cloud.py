"""
The local cloud has what a default deployment has, under the same names and with the
same values. What differs on purpose: there is no bucket of sources; times are seconds
for minutes; and the pace, which is a machine's (a tick each second, shorter back-off,
one instance of each function).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from localcloud.pipeline.deployed_buckets import ROLES
from localcloud.pipeline.deployment import POLL_SECONDS, Deployment
from localcloud.pipeline.pipeline import FUNCTIONS
from shared.settings import settings_from
from tests.terraform.plans import UNKNOWN, Plan, Values

LOCAL = Deployment()
Plans = Mapping[str, Plan]


def settings_planned(plan: Plan) -> dict[str, str]:
    function = plan.one("google_cloudfunctions2_function", "submit_job")
    environment: dict[str, str] = function["service_config"][0]["environment_variables"]
    return environment


def test_the_settings_are_the_same_but_for_times(plans: Plans) -> None:
    """
    Times are seconds for minutes there, so that a demo takes ten seconds: never
    longer than deployed, and each of them set.
    """
    planned = settings_planned(plans["defaults"])
    local = LOCAL.settings()
    times = {name for name in planned if name.endswith("_SECONDS")}

    assert {name for name in local if name.endswith("_SECONDS")} == times
    for name in times:
        assert 0 < float(local[name]) <= float(planned[name]), name
    # When it and its routes began is each one's own.
    same = {name: planned[name] for name in (*times, "DROPBATCH_BEGAN")}
    routes = json.loads(planned["DROPBATCH_ROUTES"])
    dated = {route["prefix"]: route.pop("began") for route in routes}
    assert dated == {route["prefix"]: dated["demo/"] for route in LOCAL.routes}
    planned = {**planned, "DROPBATCH_ROUTES": json.dumps(routes)}
    ours, theirs = settings_from(local | same), settings_from(planned)
    # As text, routes say their defaults in one and leave them out in the other.
    assert asdict(ours) | {"routes_json": ""} == asdict(theirs) | {"routes_json": ""}
    assert ours.routes == theirs.routes


def test_buckets_are_the_same_but_for_the_source(plans: Plans) -> None:
    """
    Functions are served from a folder there, so nothing needs a bucket of sources.
    """
    planned = plans["defaults"].keyed("google_storage_bucket", "bucket")

    assert set(planned) == {*ROLES, "source"}
    assert {
        bucket["name"]: as_resource(bucket)
        for role, bucket in planned.items()
        if role != "source"
    } == LOCAL.buckets


def as_resource(bucket: Values) -> dict[str, Any]:
    """
    The bucket as the JSON API would show it.
    """
    (versioning,) = bucket["versioning"]
    (soft_delete,) = bucket["soft_delete_policy"]
    return {
        "location": bucket["location"],
        "storageClass": bucket["storage_class"],
        "labels": bucket["labels"],
        "iamConfiguration": {
            "uniformBucketLevelAccess": {
                "enabled": bucket["uniform_bucket_level_access"]
            },
            "publicAccessPrevention": bucket["public_access_prevention"],
        },
        "versioning": versioning,
        "softDeletePolicy": {
            "retentionDurationSeconds": str(soft_delete["retention_duration_seconds"])
        },
        "lifecycle": {
            "rule": [
                {
                    "action": {"type": rule["action"][0]["type"]},
                    "condition": _condition(rule["condition"][0]),
                }
                for rule in bucket["lifecycle_rule"]
            ]
        },
    }


def _condition(when: Values) -> dict[str, Any]:
    live = {"LIVE": True, "ARCHIVED": False}
    said = {
        "age": when["age"],
        "daysSinceCustomTime": when["days_since_custom_time"],
        "daysSinceNoncurrentTime": when["days_since_noncurrent_time"],
        "matchesPrefix": when["matches_prefix"],
        "isLive": live.get(when["with_state"]),
    }
    others = set(when) - {
        *("age", "days_since_custom_time", "days_since_noncurrent_time"),
        *("matches_prefix", "with_state"),
    }
    # A condition that this doesn't know would be lost in silence.
    assert all(when[name] in (None, UNKNOWN) for name in others), when
    return {name: value for name, value in said.items() if value is not None}


def test_topics_are_the_same(plans: Plans) -> None:
    planned = plans["defaults"].of("google_pubsub_topic")

    assert {
        f"projects/{topic['project']}/topics/{topic['name']}": {
            "labels": topic["labels"]
        }
        for topic in planned.values()
    } == LOCAL.topics


def test_subscriptions_are_the_same(plans: Plans) -> None:
    planned = plans["defaults"].of("google_pubsub_subscription")

    assert {
        f"projects/{s['project']}/subscriptions/{s['name']}": as_subscription(s)
        for s in planned.values()
    } == LOCAL.subscriptions
    assert LOCAL.subscription in LOCAL.subscriptions


def as_subscription(given: Values) -> dict[str, Any]:
    """
    The subscription in the fields of its message.
    """
    # What would change deliveries, and what nobody sets.
    for unset in ("filter", "enable_message_ordering", "enable_exactly_once_delivery"):
        assert given[unset] is None
    assert given["push_config"] == []
    assert given["expiration_policy"] == [{"ttl": ""}]
    settings = {
        "topic": given["topic"],
        "labels": given["labels"],
        "ack_deadline_seconds": given["ack_deadline_seconds"],
        "message_retention_duration": _duration(given["message_retention_duration"]),
        "expiration_policy": {},
    }
    for policy in given["retry_policy"]:
        settings["retry_policy"] = {k: _duration(v) for k, v in policy.items()}
    for policy in given["dead_letter_policy"]:
        settings["dead_letter_policy"] = policy
    return settings


def _duration(text: str) -> dict[str, int]:
    return {"seconds": int(text.removesuffix("s"))}


def test_functions_accounts_and_the_schedule_have_the_same_names(plans: Plans) -> None:
    plan = plans["defaults"]
    functions = plan.of("google_cloudfunctions2_function")
    accounts = plan.keyed("google_service_account", "account")

    assert {name: f["name"] for name, f in functions.items()} == {
        name: LOCAL.called(name) for name in FUNCTIONS
    }
    assert {
        role: f"{a['account_id']}@{a['project']}.iam.gserviceaccount.com"
        for role, a in accounts.items()
    } == {role: LOCAL.account(role) for role in accounts}
    assert {f["location"] for f in functions.values()} == {LOCAL.region}
    jobs = plan.of("google_cloud_scheduler_job")
    assert {job["name"] for job in jobs.values()} == {
        LOCAL.called(name) for name in ("poll_jobs", "backstop")
    }
    for job in jobs.values():
        assert job["attempt_deadline"] == f"{POLL_SECONDS:g}s"


def test_the_trigger_is_for_the_bucket_that_the_local_cloud_watches(
    plans: Plans,
) -> None:
    function = plans["defaults"].one("google_cloudfunctions2_function", "submit_job")
    (watched,) = function["event_trigger"][0]["event_filters"]

    assert watched["value"] == LOCAL.bucket("inbox")
