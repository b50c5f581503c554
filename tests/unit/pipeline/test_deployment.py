import re
from pathlib import Path

from localcloud.pipeline.deployment import Deployment
from localcloud.pubsub.broker import Broker
from localcloud.storage.disk.store import Store
from shared.settings import Settings, settings_from


def test_the_functions_accept_the_settings_of_the_local_deployment() -> None:
    settings = settings_from(Deployment().settings())

    assert settings.project == "dropbatch-local"
    assert settings.inbox_bucket == "dropbatch-local-inbox"
    assert settings.routes.match("demo/a.jsonl")


def test_every_time_is_set_to_seconds() -> None:
    """
    A time that is left at its default would make the local cloud wait for minutes.
    """
    given = Deployment().settings()
    times = {
        f"DROPBATCH_{name.upper()}"
        for name, kind in Settings.__annotations__.items()
        if kind is float
    }

    assert times == {name for name in given if name.endswith("_SECONDS")}
    ages = {"DROPBATCH_BACKSTOP_WINDOW_SECONDS", "DROPBATCH_RECORDS_KEPT_SECONDS"}
    assert all(0 < float(given[name]) <= 60 for name in times - ages)


def test_times_are_set_by_the_names_that_terraform_has() -> None:
    usual = Deployment()
    given = Deployment(times={"settle_seconds": 5}).settings()

    assert given == {**usual.settings(), "DROPBATCH_SETTLE_SECONDS": "5"}
    assert given != usual.settings()


def test_buckets_are_the_five_of_the_settings_and_the_inbox_is_versioned() -> None:
    deployment = Deployment()
    named = {
        value
        for name, value in deployment.settings().items()
        if name.endswith("_BUCKET")
    }

    assert set(deployment.buckets) == named
    assert deployment.buckets["dropbatch-local-inbox"]["versioning"]["enabled"]
    assert re.fullmatch(r"projects/[^/]+/topics/[a-z]{3,}", deployment.topic)


def test_pubsub_takes_the_topics_and_subscriptions_as_they_are(tmp_path: Path) -> None:
    """
    What a subscriber refuses ten times waits for a month where a person can see it.
    """
    deployment = Deployment()
    broker = Broker(tmp_path)
    for name, settings in deployment.topics.items():
        broker.create_topic_if_absent(name, **settings)
    for name, settings in deployment.subscriptions.items():
        broker.create_subscription_if_absent(name, **settings)
    made = {feed.subscription.name: feed.subscription for feed in broker.subscriptions}
    messages = made[deployment.subscription]
    refused = made[f"{deployment.subscription}-dead-letters"]
    broker.close()

    assert messages.dead_letter_policy.dead_letter_topic == refused.topic
    assert messages.dead_letter_policy.max_delivery_attempts == 10
    assert messages.ack_deadline_seconds == 60
    assert refused.message_retention_duration.seconds == 31 * 86_400
    assert not any(s.expiration_policy.HasField("ttl") for s in made.values())


def test_storage_takes_the_buckets_as_they_are(tmp_path: Path) -> None:
    deployment = Deployment()
    store = Store(tmp_path)
    for name, settings in deployment.buckets.items():
        made = store.create_bucket_if_absent(name, "p", settings).resource()
        policy = made.pop("softDeletePolicy")
        asked = settings.pop("softDeletePolicy")
        assert policy["retentionDurationSeconds"] == asked["retentionDurationSeconds"]
        assert {**made, "location": deployment.region}.items() >= settings.items()
    store.close()


def test_routes_are_what_is_given() -> None:
    routes = [{"prefix": "mine/", "model": "gemini-2.5-flash"}]
    settings = settings_from(Deployment(routes=routes).settings())

    assert settings.routes.match("demo/a.jsonl") is None
    assert settings.routes.match("mine/a.jsonl")


def test_more_media_are_allowed_beside_the_deployments_own() -> None:
    deployment = Deployment().allowing_media(["gs://mine/a/"])
    route = settings_from(deployment.settings()).routes.match("demo/a.jsonl")

    assert route
    assert list(route.media_prefixes) == ["gs://dropbatch-local-media/", "gs://mine/a/"]
