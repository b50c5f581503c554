"""
What is refused at plan time, and what the refusal says.
"""

from collections.abc import Mapping
from typing import Any

from tests.terraform.refusal import Refused
from tests.terraform.refused_times import LATE, TIMES, TRIES


def _channel(number: int) -> str:
    return f"projects/p/notificationChannels/{number}"


def _route(says: tuple[str, ...], **changes: Any) -> Refused:
    route = {"prefix": "demo/", "model": "gemini-2.5-flash", **changes}
    return Refused({"routes": [route]}, says)


def _routes(says: tuple[str, ...], *prefixes: str) -> Refused:
    routes = [{"prefix": prefix, "model": "m"} for prefix in prefixes]
    return Refused({"routes": routes}, says)


TUNED = "projects/p/locations/{}/models/123"

ROUTES: Mapping[str, Refused] = {
    "no route": _routes(("routes is empty", "give at least one")),
    "the same prefix twice": _routes(("given twice", '"a/"', "one route"), "a/", "a/"),
    "a prefix that begins another": _routes(
        ('"team" also begins "teamwork/"', 'end the shorter with "/"'),
        *("teamwork/", "team"),
    ),
    "a prefix of 257 bytes": _route(
        ("longer than 256 bytes", "ddddd"), prefix="d" * 257, results_prefix="x"
    ),
    "a prefix of 258 bytes in 129 letters": _route(
        ("longer than 256 bytes", "Shorten it"), prefix="é" * 129, results_prefix="x"
    ),
    "a model with a space": _route(('"a b"', '"gemini-3.5-flash-lite"'), model="a b"),
    "no model": _route(('model ""', '"gemini-3.5-flash-lite"'), model=""),
    "an endpoint": _route(
        ("endpoints/7", "projects/P/locations/L/models/ID"),
        model="projects/p/locations/us-central1/endpoints/7",
    ),
    "another region": _route(
        ('"europe-west4"', '"us-central1" or "global"'), location="europe-west4"
    ),
    "a tuned model on global": _route(
        (TUNED.format("us-central1"), "can't run on", "Leave out the location"),
        model=TUNED.format("us-central1"),
        location="global",
    ),
    "a tuned model of global": _route(
        (TUNED.format("global"), "can't run on"),
        model=TUNED.format("global"),
        location="global",
    ),
    "a tuned model elsewhere": _route(
        (TUNED.format("us-east1"), "runs where it is", '"us-central1"'),
        model=TUNED.format("us-east1"),
    ),
    "results outside": _route(('"../x"', "letters, digits"), results_prefix="../x"),
    "results by name": _route(('"by-name/x"', "by-name"), results_prefix="by-name/x"),
    "results in an empty folder": _route(('"a//b"', "single"), results_prefix="a//b"),
    "long results": _route(("at most 200",), results_prefix="d" * 201),
    "a prefix that makes no folder": _route(
        ('"my files"', "Where it isn't set, it is the prefix"), prefix="my files/"
    ),
    "no display name": _route(('display_name ""', "1 to 80"), display_name=""),
    "a long display name": _route(("xxxx", "1 to 80"), display_name="x" * 81),
    "a display name of many marks": _route(
        ("1 to 80 characters",), display_name="x\u0301\u0302" * 30
    ),
    "a label of ours": _route(
        ('"dropbatch_job_key"', "which is ours"), labels={"dropbatch_job_key": "x"}
    ),
    "a label's capital": _route(('key "Team"', "a-z"), labels={"Team": "x"}),
    "a label's value": _route(('value "X"', "a-z"), labels={"team": "X"}),
    "many labels": _route(
        ("more than 60 labels", '"demo/"'), labels={f"k{i}": "v" for i in range(61)}
    ),
    "media of another kind": _route(
        ('"s3://x/"', "gs://bucket/folder/"), media_prefixes=["s3://x/"]
    ),
    "media without a slash": _route(
        ('"gs://media"', "gs://bucket/folder/"), media_prefixes=["gs://media"]
    ),
    "media with dots": _route(
        ('"gs://media/../x/"', 'no ".."'), media_prefixes=["gs://media/../x/"]
    ),
    "media at an address": _route(
        ("169.254", "public host"), media_prefixes=["https://169.254.169.254/"]
    ),
    "media inside": _route(
        ("metadata", "public host"),
        media_prefixes=["https://metadata.google.internal/"],
    ),
    **{
        f"media in the {role} bucket": _route(
            (f'"gs://dropbatch-local-{role}/a/"', "gs://dropbatch-local-media/"),
            media_prefixes=[f"gs://dropbatch-local-{role}/a/"],
        )
        for role in ("inbox", "state", "work", "results")
    },
    "no rows": _route(("limits.rows 0", "from 1 to 200000"), limits={"rows": 0}),
    "many rows": _route(("limits.rows 200001", "200000"), limits={"rows": 200_001}),
    "half a row": _route(("limits.rows 0.5", "whole"), limits={"rows": 0.5}),
    "no bytes": _route(("limits.bytes 0", "1 GB"), limits={"bytes": 0}),
    "a route's no jobs": _route(
        ("limits.jobs 0", "from 1 to 100000", "enabled = false"), limits={"jobs": 0}
    ),
    "a route's many jobs": _route(("100001",), limits={"jobs": 100_001}),
    "half a job": _route(("limits.jobs 1.5", "whole"), limits={"jobs": 1.5}),
    "no rows a day": _route(
        ("limits.rows_per_day 0", "leave it out"), limits={"rows_per_day": 0}
    ),
    "many rows a day": _route(
        ("rows_per_day", "1000000000"), limits={"rows_per_day": 1_000_000_001}
    ),
    "half a row a day": _route(("0.5", "whole"), limits={"rows_per_day": 0.5}),
    "many bytes": _route(("limits.bytes", "1 GB"), limits={"bytes": 1_000_000_001}),
}

SUFFIXES: Mapping[str, Refused] = {
    "no suffix": Refused({"suffixes": []}, ("suffixes is empty", ".jsonl")),
    **{
        f"suffix {text!r}": Refused({"suffixes": [".jsonl", text]}, (said, ".jsonl"))
        for text, said in {
            "": '""',
            "jsonl": '"jsonl"',
            ".": '"."',
            " .json": '" .json"',
        }.items()
    },
}


def _limit(says: tuple[str, ...], **limits: float) -> Refused:
    return Refused({"limits": limits}, says)


LIMITS: Mapping[str, Refused] = {
    "no jobs": _limit(("jobs = 0", "from 1 to 100000", "leave it out"), jobs=0),
    "many jobs": _limit(("jobs = 100001",), jobs=100_001),
    "a job and a half": _limit(("jobs = 1.5", "whole number"), jobs=1.5),
}


def _retention(says: tuple[str, ...], **days: float) -> Refused:
    return Refused({"retention": days}, says)


_KEY = "projects/p/locations/{}/keyRings/r/cryptoKeys/k"

# What is Terraform's alone: the functions never see it.
OTHERS: Mapping[str, Refused] = {
    "a project's number": Refused(
        {"project_id": "123456789012"}, ('"123456789012"', "nor its number")
    ),
    "a multi-region": Refused({"region": "us"}, ('"us"', "us-central1")),
    "a name of Google": Refused({"name": "google"}, ('"google"', "begin with")),
    "a long name": Refused({"name": "d" * 20}, ("ddd", "3 to 19")),
    "a bucket prefix with dots": Refused(
        {"bucket_prefix": "a.example"}, ('"a.example"', "3 to 55")
    ),
    "a bucket prefix of Google's": Refused(
        {"bucket_prefix": "google-x"}, ('"google-x"', "contain")
    ),
    "routes that no environment holds": Refused(
        {"routes": [{"prefix": f"team-{i}/", "model": "m"} for i in range(200)]},
        ("200 of them", "32 KiB"),
    ),
    # The functions take it for two.
    "a suffix with a comma": Refused({"suffixes": [".a,.b"]}, ('".a,.b"', ".jsonl")),
    "a look at the inbox every 45 minutes": Refused(
        {"backstop_minutes": 45}, ("backstop_minutes 45", "use one of 5")
    ),
    "seven minutes": Refused({"poll_minutes": 7}, ("poll_minutes 7", "use one of 1")),
    "half a day": _retention(("inbox_days = 30.5", "whole days"), inbox_days=30.5),
    "a century": _retention(("results_days", "36500"), results_days=36500),
    "a short inbox": _retention(("inbox_days = 6", "use 7"), inbox_days=6),
    "short work": _retention(("work_days = 13", "use 14"), work_days=13),
    "results before they are there": _retention(
        ("results_days = -1", "use 0"), results_days=-1
    ),
    "short records": _retention(
        ("records_days = 29", "use 30"), records_days=29, inbox_days=7
    ),
    "records that go before their files": _retention(
        ("records_days = 60", "more than inbox_days = 60", "billed again"),
        records_days=60,
        inbox_days=60,
    ),
    **{
        f"subscription {word[:20]!r}": Refused({"subscriptions": [word]}, (said, fix))
        for word, said, fix in (
            ("My", '"My"', "a-z"),
            ("", '""', "a-z"),
            ("a-", '"a-"', 'no "-" last'),
            ("d" * 233, "dddd", "255 characters"),
            ("messages-dead-letters", '"messages-dead-letters"', "Take another"),
        )
    },
    "10 long subscriptions": Refused(
        {"subscriptions": [f"s{number}-{'x' * 200}" for number in range(10)]},
        ("10 of them", "use fewer or shorter names"),
    ),
    "17 channels": Refused(
        {"notification_channels": [_channel(number) for number in range(17)]},
        ("17 are too many", "use 16 at most"),
    ),
    "a mail address": Refused(
        {"notification_channels": ["me@example.com"]},
        ('"me@example.com"', "notificationChannels/N"),
    ),
    "a key's short name": Refused({"kms_key_name": "k"}, ('"k"', "cryptoKeys/K")),
    "a key's version": Refused(
        {"kms_key_name": _KEY.format("us-central1") + "/cryptoKeyVersions/1"},
        ("without a version",),
    ),
    "a key elsewhere": Refused(
        {"kms_key_name": _KEY.format("global")}, ("global", '"us-central1"')
    ),
    "a resource's label of ours": Refused(
        {"labels": {"dropbatch": "x"}}, ('"dropbatch"', "which is ours")
    ),
    "a resource's capital": Refused({"labels": {"Team": "x"}}, ('"Team"', "a-z")),
    "a resource's value": Refused({"labels": {"team": "X"}}, ('"X"', "a-z")),
    "a resource's many labels": Refused(
        {"labels": {f"k{i}": "v" for i in range(61)}}, ("61 are too many", "60")
    ),
}

# As they reach the functions, both sides must say the same.
SHARED = {**ROUTES, **SUFFIXES, **LIMITS, **TIMES, **LATE, **TRIES}
REFUSED = {**SHARED, **OTHERS}
