"""The routes of a deployment, as they are given, each checked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from itertools import combinations
from typing import Any

import msgspec

from shared.errors import SettingsError
from shared.routes import GLOBAL, Limits, Route, Routes
from shared.times import aware

_GOOGLE = "publishers/google/models/"
_PUBLISHER = re.compile(r"publishers/[a-z0-9-]+/models/[A-Za-z0-9._@-]+")
_TUNED = re.compile(
    r"projects/[^/]+/locations/(?P<location>[^/]+)/models/[A-Za-z0-9_-]+(@[A-Za-z0-9_-]+)?"
)
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
_MEDIA = re.compile(
    r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]/.*"
    # A public name, and no address: those lead to metadata servers and the like.
    r"|https://([a-z0-9][a-z0-9-]*\.)+(?!internal/|local/)[a-z]{2,}/.*"
)
OWN_LABELS = "dropbatch"
MOST_JOBS = 100_000
# By the names of limits.
_MOST = {
    "rows": 200_000,
    "bytes": 10**9,
    "queue_seconds": 10**8 - 1,
    "run_seconds": 10**8 - 1,
    "deadline_seconds": 10**8 - 1,
    "jobs": MOST_JOBS,
    "rows_per_day": 10**9,
}


def parse_routes(
    text: str, *, region: str, media_bucket: str, own_buckets: Sequence[str]
) -> Routes:
    """
    Return the routes that a JSON list of objects describes, each checked.

    No media may be named in `own_buckets`: they hold other people's drops.

    A route may leave out all but prefix and model. Raises SettingsError that
    names the route's prefix, the value and what would be right.
    """
    try:
        given = msgspec.json.decode(text, type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise SettingsError(
            f"DROPBATCH_ROUTES is no JSON list of objects: {error}"
        ) from error
    if not given:
        raise SettingsError("DROPBATCH_ROUTES is empty: give at least one route")
    routes = [_route(raw, region=region, media_bucket=media_bucket) for raw in given]
    for route in routes:
        for bucket in own_buckets:
            if any(m.startswith(f"gs://{bucket}/") for m in route.media_prefixes):
                raise SettingsError(
                    f"DROPBATCH_ROUTES, route {route.prefix!r}: media_prefixes must "
                    f"not open the bucket {bucket!r}, which holds other drops"
                )
    _check_overlap([route.prefix for route in routes])
    return Routes(tuple(sorted(routes, key=lambda r: len(r.prefix), reverse=True)))


def moment(text: str, where: str) -> datetime:
    """Return the time that RFC 3339 text tells. Raises SettingsError."""
    try:
        return aware(text)
    except ValueError as error:
        raise SettingsError(
            f"{where}={text!r} is no time with a zone, such as '2026-11-26T09:00:00Z'"
        ) from error


def _check_overlap(prefixes: Sequence[str]) -> None:
    for first, second in combinations(sorted(prefixes), 2):
        if first == second:
            raise SettingsError(
                f"DROPBATCH_ROUTES: two routes have the prefix {first!r}"
            )
        # A folder in a folder is meant, and so is one route for all the rest.
        if first and not first.endswith("/") and second.startswith(first):
            raise SettingsError(
                f"DROPBATCH_ROUTES: prefix {first!r} also begins {second!r}: end the "
                "shorter with '/', or take another name"
            )


def _route(raw: dict[str, Any], *, region: str, media_bucket: str) -> Route:
    where = f"DROPBATCH_ROUTES, route {raw.get('prefix')!r}"
    _check_known(raw, Route, where)
    limits = raw.get("limits")
    if isinstance(limits, dict):
        _check_known(limits, Limits, f"{where}, limits")
    prefix = raw.get("prefix", "")
    filled = {
        "location": region,
        "results_prefix": str(prefix).strip("/") or "results",
        "media_prefixes": [f"gs://{media_bucket}/"],
        **raw,
    }
    if "began" in raw:
        moment(str(raw["began"]), f"{where}: began")
    try:
        route = msgspec.convert(filled, Route)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{where}: {error}") from error
    if "/" not in route.model:
        route = replace(route, model=_GOOGLE + route.model)
    _check(route, where, region=region)
    # A file that no day has room for would wait for ever.
    rows = min(route.limits.rows, route.limits.rows_per_day or route.limits.rows)
    return replace(route, limits=replace(route.limits, rows=rows))


def _check_known(raw: Mapping[str, Any], of: type, where: str) -> None:
    # A brake with a typo is one that somebody believes to be in force.
    there_are = [known.name for known in fields(of)]
    unknown = sorted(set(raw) - set(there_are))
    if unknown:
        raise SettingsError(
            f"{where}: unknown field {unknown[0]!r}: there are {', '.join(there_are)}"
        )


def _check(route: Route, where: str, *, region: str) -> None:
    def need(holds: object, what: str) -> None:
        if not holds:
            raise SettingsError(f"{where}: {what}")

    need(
        route.location in (region, GLOBAL),
        f"location {route.location!r} is neither the region {region!r} nor 'global'",
    )
    tuned = _TUNED.fullmatch(route.model)
    need(
        tuned or _PUBLISHER.fullmatch(route.model),
        f"model {route.model!r} is neither a model name such as "
        "'gemini-3.5-flash-lite' nor 'projects/P/locations/L/models/ID'",
    )
    if tuned:
        need(route.location != GLOBAL, "a tuned model can't run on 'global'")
        need(
            tuned["location"] == route.location,
            f"model {route.model!r} is not in the route's location {route.location!r}",
        )
    need(
        len(route.prefix.encode()) <= 256,
        "prefix is longer than 256 bytes",
    )
    need(
        _FOLDER.fullmatch(route.results_prefix)
        and route.results_prefix.split("/")[0] != "by-name"
        and len(route.results_prefix) <= 200,
        f"results_prefix {route.results_prefix!r} is no folder name: letters, "
        "digits, '.', '_', '-' and single '/', at most 200, not 'by-name'",
    )
    need(len(route.display_name) <= 80, "display_name is longer than 80 characters")
    need(route.display_name, "display_name is empty")
    need(len(route.labels) <= 60, "more than 60 labels")
    for key, value in route.labels.items():
        need(
            _LABEL_KEY.fullmatch(key) and not key.startswith(OWN_LABELS),
            f"label key {key!r}: use a-z, 0-9, '_', '-', at most 63 characters, a "
            f"letter first and not {OWN_LABELS!r} at the beginning, which is ours",
        )
        need(
            _LABEL_VALUE.fullmatch(value),
            f"label value {value!r}: use a-z, 0-9, '_', '-', at most 63 characters",
        )
    for media in route.media_prefixes:
        need(
            _MEDIA.fullmatch(media) and "/../" not in f"{media}/",
            f"media prefix {media!r} is neither 'gs://bucket/folder/' nor "
            "'https://host/folder/'",
        )
    for name, most in _MOST.items():
        value = getattr(route.limits, name)
        need(
            value is None or 1 <= value <= most,
            f"limits.{name} is {value}: use 1 to {most}",
        )
