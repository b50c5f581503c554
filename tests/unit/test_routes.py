"""Routes: which one takes a drop, and which descriptions are refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import SettingsError
from shared.given_routes import parse_routes
from shared.routes import Limits, Routes

TUNED = "projects/p/locations/us-central1/models/123"


def parse(*routes: dict[str, Any]) -> Routes:
    return parse_routes(
        json.dumps(routes),
        region="us-central1",
        media_bucket="media",
        own_buckets=("inbox", "results"),
    )


def test_a_route_needs_only_a_prefix_and_a_model() -> None:
    (route,) = parse({"prefix": "in/", "model": "gemini-2.5-flash"}).routes

    assert route.model == "publishers/google/models/gemini-2.5-flash"
    assert route.location == "us-central1"
    assert route.results_prefix == "in"
    assert list(route.media_prefixes) == ["gs://media/"]
    assert route.limits == Limits()
    assert route.enabled


@given(st.sets(st.text("ab/", max_size=5), min_size=1), st.text("ab/", max_size=8))
def test_the_longest_prefix_takes_a_name(words: set[str], name: str) -> None:
    prefixes = {p if p.endswith("/") else p and f"{p}/" for p in words}
    routes = parse(
        *({"prefix": p, "model": "m", "results_prefix": "r"} for p in prefixes)
    )

    match = routes.match(name)

    fitting = [p for p in prefixes if name.startswith(p)]
    assert (match.prefix if match else None) == max(fitting, key=len, default=None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"location": "europe-west4"}, "'europe-west4'"),
        ({"model": "a b"}, "'publishers/google/models/a b'"),
        ({"model": TUNED, "location": "global"}, "global"),
        ({"model": TUNED.replace("us-central1", "us-east1")}, "us-east1"),
        ({"results_prefix": "../x"}, "'../x'"),
        ({"results_prefix": "by-name/x"}, "'by-name/x'"),
        ({"results_prefix": "a//b"}, "'a//b'"),
        ({"display_name": "x" * 81}, "display_name"),
        ({"labels": {"dropbatch_job_key": "x"}}, "'dropbatch_job_key'"),
        ({"labels": {"A": "x"}}, "'A'"),
        ({"labels": {"a": "X"}}, "'X'"),
        ({"media_prefixes": ["s3://x/"]}, "'s3://x/'"),
        ({"media_prefixes": ["gs://bucket"]}, "'gs://bucket'"),
        ({"media_prefixes": ["gs://bucket/../other/"]}, "bucket/../other"),
        ({"media_prefixes": ["gs://results/in/"]}, "'results'"),
        ({"media_prefixes": ["https://169.254.169.254/"]}, "169.254"),
        ({"media_prefixes": ["https://metadata.google.internal/"]}, "internal"),
        ({"media_prefixes": ["https://localhost/"]}, "localhost"),
        ({"limits": {"rows": 200_001}}, "limits.rows is 200001: use 1 to 200000"),
        ({"limits": {"bytes": 0}}, "limits.bytes is 0: use 1 to 1000000000"),
        ({"limits": {"run_seconds": 10**8}}, "limits.run_seconds is 100000000: use 1"),
        ({"limits": {"jobs": 0}}, "limits.jobs is 0: use 1 to 100000"),
        ({"limits": {"rows": "many"}}, "limits.rows"),
        ({"limits": {"row_per_day": 1}}, "'row_per_day': there are rows, "),
        ({"limits": [1]}, "limits"),
        ({"enabled": "yes"}, "enabled"),
        ({"colour": "red"}, "'colour'"),
        ({"prefix": "x" * 257}, "prefix"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError) as error:
        parse({"prefix": "in/", "model": "m", **changes})

    assert said in str(error.value)
    assert "DROPBATCH_ROUTES" in str(error.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", '[{"model": "m"}]', "nope"])
def test_a_text_that_is_no_list_of_routes_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="DROPBATCH_ROUTES"):
        parse_routes(text, region="us-central1", media_bucket="media", own_buckets=())


def test_a_prefix_may_not_be_given_twice() -> None:
    with pytest.raises(SettingsError, match="two routes"):
        parse({"prefix": "a", "model": "m"}, {"prefix": "a", "model": "n"})


@pytest.mark.parametrize("prefixes", [("team", "teamwork/"), ("teamwork/", "team")])
def test_a_prefix_may_not_begin_another_by_mistake(prefixes: tuple[str, str]) -> None:
    with pytest.raises(SettingsError, match="'team' also begins 'teamwork/'"):
        parse(*({"prefix": prefix, "model": "m"} for prefix in prefixes))


def test_a_folder_in_a_folder_and_a_route_for_all_the_rest_are_meant() -> None:
    routes = parse(
        *({"prefix": prefix, "model": "m"} for prefix in ("", "a/", "a/b/", "a/b/c"))
    )

    assert [r.prefix for r in routes.routes] == ["a/b/c", "a/b/", "a/", ""]


def test_a_route_may_say_when_it_began() -> None:
    began = "2026-11-26T09:00:00Z"
    dated, other = parse(
        {"prefix": "dated/", "model": "m", "began": began},
        {"prefix": "other/", "model": "m"},
    ).routes

    assert dated.began == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert other.began is None


@pytest.mark.parametrize("began", ["soon", "2026-11-26", 7, None, ""])
def test_a_beginning_that_is_no_time_is_refused(began: object) -> None:
    with pytest.raises(SettingsError, match="began"):
        parse({"prefix": "in/", "model": "m", "began": began})
