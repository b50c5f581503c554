import re

from localcloud.pipeline.deployment import Deployment
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
    assert all(0 < float(given[name]) <= 60 for name in times)


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
