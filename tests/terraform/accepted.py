"""
What is accepted at plan time, at the edges of what is refused.
"""

from collections.abc import Mapping
from typing import Any

from tests.terraform.refused import TUNED


def _route(**changes: Any) -> dict[str, Any]:
    return {"routes": [{"prefix": "demo/", "model": "gemini-2.5-flash", **changes}]}


def _routes(*prefixes: str) -> dict[str, Any]:
    return {"routes": [{"prefix": prefix, "model": "m"} for prefix in prefixes]}


SHARED: Mapping[str, Mapping[str, Any]] = {
    "defaults": {},
    "a folder in a folder": _routes("a/", "a/b/", "a/b/c"),
    "one route for all the rest": _routes("", "a/", "team/"),
    "a hundred": _routes(*(f"team-{i}/" for i in range(100))),
    "neighbours": _routes("team-a", "team-b"),
    "a prefix of 256 bytes": _route(prefix="é" * 128, results_prefix="x"),
    "a version": _route(model="gemini-2.5-flash@001"),
    "a publisher's": _route(model="publishers/anthropic/models/claude-x@1"),
    "a tuned model here": _route(model=TUNED.format("us-central1")),
    "a tuned model's version": _route(model=TUNED.format("us-central1") + "@2"),
    "global": _route(location="global"),
    "the region by name": _route(location="us-central1"),
    "results of 200": _route(results_prefix="d" * 200),
    "results in folders": _route(results_prefix="teams/one.a/_x"),
    "results nearly by name": _route(results_prefix="by-names/x"),
    "a display name of 80": _route(display_name="é" * 80),
    "60 labels": _route(labels={f"k{i}": "" for i in range(60)}),
    "labels at their longest": _route(labels={"a" * 63: "1" * 63}),
    "media elsewhere": _route(media_prefixes=["gs://their.media_1/", "gs://abc/x y"]),
    "media on the web": _route(
        media_prefixes=["https://example.com/", "https://a.b.co/x"]
    ),
    "media nearly inside": _route(media_prefixes=["https://internal.example.com/"]),
    "media of a neighbour": _route(media_prefixes=["gs://dropbatch-local-inbox-2/"]),
    "least": _route(limits={"rows": 1, "bytes": 1}),
    "most": _route(limits={"rows": 200_000, "bytes": 1_000_000_000}),
    "the least of a route": _route(limits={"jobs": 1, "rows_per_day": 1}),
    "the most of a route": _route(limits={"jobs": 100_000, "rows_per_day": 10**9}),
    "no cap on a route": _route(limits={"jobs": None, "rows_per_day": None}),
    "one job": {"limits": {"jobs": 1}},
    "many jobs": {"limits": {"jobs": 100_000}},
    "late at once": _route(
        limits={"queue_seconds": 1, "run_seconds": 1, "deadline_seconds": 1}
    ),
    "late after years": _route(
        limits=dict.fromkeys(("queue_seconds", "deadline_seconds"), 99_999_999)
    ),
    "no deadline": _route(limits={"deadline_seconds": None}),
    "off": _route(enabled=False),
    "two suffixes": {"suffixes": [".jsonl", ".jsonl.txt"]},
    "a long tick": {"times": {"poll_budget_seconds": 180}},
    "set aside at once": {"set_aside_tries": 1},
    "hardly ever set aside": {"set_aside_tries": 99_999_999},
    "times at their edges": {
        "times": {"claim_renew_seconds": 119, "settle_seconds": 3599}
    },
}

_KEY = "projects/example.com:p/locations/us-central1/keyRings/r/cryptoKeys/k"
OTHERS: Mapping[str, Mapping[str, Any]] = {
    "the longest name": {"name": "d" * 19},
    "a bucket prefix of 55": {"bucket_prefix": "d" * 55},
    "the shortest retention": {
        "retention": {"inbox_days": 7, "work_days": 14, "records_days": 30}
    },
    "results for a day": {"retention": {"results_days": 1}},
    "no subscription": {"subscriptions": []},
    "the longest subscription": {"subscriptions": ["d" * 232]},
    "a channel": {"notification_channels": ["projects/p/notificationChannels/1"]},
    "a key here": {"kms_key_name": _KEY},
    "60 labels of resources": {"labels": {f"k{i}": "" for i in range(60)}},
}
ACCEPTED = {**SHARED, **OTHERS}
