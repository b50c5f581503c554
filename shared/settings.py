"""
What a deployment is told: read once from the environment, every field checked.

Terraform's environment block and this class have the same names; a test holds
them together. There is no setting for an endpoint, a credential or a local run:
the local cloud is reached by the same hosts as Google's (docs/decisions/001).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from shared.errors import SettingsError
from shared.given_routes import MOST_JOBS, moment, parse_routes
from shared.routes import Routes

PREFIX = "DROPBATCH_"
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")
_SUFFIX = re.compile(r"\.[A-Za-z0-9._-]+")
_TOPIC = re.compile(r"projects/[^/]+/topics/[A-Za-z][A-Za-z0-9._~%+-]{2,254}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """
    One deployment's settings; times are in seconds, as their names say.

    Each field is the variable `DROPBATCH_<FIELD>`. A field without a default
    must be set.
    """

    project: str
    region: str
    deployment: str
    inbox_bucket: str
    state_bucket: str
    work_bucket: str
    results_bucket: str
    media_bucket: str
    topic: str
    routes_json: str
    # When the deployment began: what is older is never looked for.
    began: str
    suffixes: str = ".jsonl"
    # How many jobs there may be at a time in all routes: a soft cap, if there is one.
    jobs: int | None = None

    # A claim is taken over by a poll when its lease is over; it is renewed
    # while a long file streams by.
    claim_lease_seconds: float = 120
    claim_renew_seconds: float = 30
    # A create is one POST that ends within the timeout, begun before the
    # deadline; `settle` later at the earliest its outcome is looked for.
    create_timeout_seconds: float = 45
    create_deadline_seconds: float = 60
    settle_seconds: float = 600
    # Any other call to Vertex AI: each attempt, and half of all of them.
    call_timeout_seconds: float = 30
    # A refused-for-now create waits, doubling from min to max, with jitter.
    hold_min_seconds: float = 30
    hold_max_seconds: float = 600
    publish_timeout_seconds: float = 45
    publish_lease_seconds: float = 60
    # A job that Get answers 404 for this long is lost.
    job_lost_seconds: float = 3600
    # A drop whose create was ever in doubt stays open this long after its
    # message, so that a late twin of its job is still found and cancelled.
    sweep_seconds: float = 3600
    poll_budget_seconds: float = 150
    # After so many tries that failed a drop is set aside. What may pass by itself does
    # not count.
    set_aside_tries: int = 10
    # How old a file may be whose event was lost, and how old it must be: until then
    # the event may be on its way.
    backstop_window_seconds: float = 604_800
    backstop_grace_seconds: float = 600
    # After this a record may have been deleted, so that nobody can tell whether its
    # drop was billed: Terraform sets it from the bucket's lifecycle.
    records_kept_seconds: float = 34_560_000

    @cached_property
    def routes(self) -> Routes:
        """The routes, parsed and checked."""
        return parse_routes(
            self.routes_json,
            region=self.region,
            media_bucket=self.media_bucket,
            own_buckets=self.own_buckets,
        )

    @cached_property
    def began_at(self) -> datetime:
        """When the deployment began."""
        return moment(self.began, "DROPBATCH_BEGAN")

    @property
    def own_buckets(self) -> tuple[str, str, str, str]:
        """The buckets that hold what people dropped and what became of it."""
        return (
            self.inbox_bucket,
            self.state_bucket,
            self.work_bucket,
            self.results_bucket,
        )

    @property
    def wanted_suffixes(self) -> tuple[str, ...]:
        """Endings that make an object a drop."""
        return tuple(self.suffixes.split(","))

    def time(self, field: str) -> timedelta:
        """The time setting `<field>_seconds` as a duration."""
        return timedelta(seconds=getattr(self, f"{field}_seconds"))


def variable(field: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field.upper().removesuffix('_JSON')}"


def settings_from(environ: Mapping[str, str]) -> Settings:
    """
    Return the settings that an environment holds.

    Raises SettingsError that names the variable, its value and the fix; an
    unknown `DROPBATCH_` variable is an error too, since it is a setting that
    somebody believes to be in force.
    """
    known = {variable(field.name) for field in fields(Settings)}
    unknown = sorted(
        name for name in environ if name.startswith(PREFIX) and name not in known
    )
    if unknown:
        raise SettingsError(f"{unknown[0]} is no setting of dropbatch: remove it")
    values: dict[str, Any] = {}
    for field in fields(Settings):
        name = variable(field.name)
        text = environ.get(name, "")
        if text:
            values[field.name] = _READ[field.type](name, text)
        elif field.default is MISSING:
            raise SettingsError(f"{name} is not set: set it as in terraform/locals.tf")
    settings = Settings(**values)
    _check_names(settings)
    _check_times(settings)
    _ = settings.routes, settings.began_at
    return settings


def _seconds(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise SettingsError(f"{name}={text!r} is no number of seconds") from error
    if not (0 < value < 10**8 and value.is_integer()):
        raise SettingsError(
            f"{name}={text!r} must be whole seconds, from 1 to 99999999"
        )
    return value


def _count(name: str, text: str, most: int = 99_999_999) -> int:
    if not (re.fullmatch("[0-9]{1,9}", text) and 1 <= int(text) <= most):
        raise SettingsError(f"{name}={text!r} must be a whole number, from 1 to {most}")
    return int(text)


_READ: Mapping[Any, Callable[[str, str], Any]] = {
    str: lambda _, text: text,
    float: _seconds,
    int: _count,
    int | None: partial(_count, most=MOST_JOBS),
}


def _check_names(settings: Settings) -> None:
    for field in ("region", "deployment"):
        value = getattr(settings, field)
        if not _NAME.fullmatch(value):
            raise SettingsError(
                f"{variable(field)}={value!r}: use a-z, 0-9 and '-', a letter first, "
                "at most 40 characters"
            )
    if settings.region == "global":
        raise SettingsError(
            "DROPBATCH_REGION='global': a deployment has a region; "
            "a route's location may be 'global'"
        )
    if not _TOPIC.fullmatch(settings.topic):
        raise SettingsError(
            f"DROPBATCH_TOPIC={settings.topic!r} is not 'projects/PROJECT/topics/NAME'"
        )
    for suffix in settings.wanted_suffixes:
        if not _SUFFIX.fullmatch(suffix):
            raise SettingsError(
                f"DROPBATCH_SUFFIXES={settings.suffixes!r}: {suffix!r} is not '.' and "
                "then letters, digits, '.', '_' or '-', such as '.jsonl'"
            )
    # What is written must never fire the trigger again, and media are for every
    # drop to name.
    buckets = [*settings.own_buckets, settings.media_bucket]
    if len(set(buckets)) < len(buckets):
        raise SettingsError(
            "DROPBATCH_INBOX_BUCKET, _STATE_BUCKET, _WORK_BUCKET, _RESULTS_BUCKET and "
            f"_MEDIA_BUCKET must be five buckets, not {', '.join(buckets)}"
        )


# Each pair: the first must be less than the second, or the protocol is unsafe
# or never moves (docs/decisions/003).
ORDERED = (
    ("claim_renew", "claim_lease"),
    ("create_timeout", "create_deadline"),
    ("create_timeout", "settle"),
    ("settle", "sweep"),
    ("hold_min", "hold_max"),
    ("publish_timeout", "publish_lease"),
    ("backstop_grace", "backstop_window"),
    ("backstop_window", "records_kept"),
)


# terraform/poll_jobs.tf cuts a tick off after 900 seconds. Two lists may take 120, the
# check of a whole file 540, and the steps have a share each: four thirds in all.
MOST_POLL_BUDGET = timedelta(seconds=180)


def _check_times(settings: Settings) -> None:
    for less, more in ORDERED:
        if settings.time(less) >= settings.time(more):
            raise SettingsError(
                f"{variable(less)}_SECONDS must be less than "
                f"{variable(more)}_SECONDS, not "
                f"{settings.time(less)} and {settings.time(more)}"
            )
    if settings.time("poll_budget") > MOST_POLL_BUDGET:
        raise SettingsError(
            f"DROPBATCH_POLL_BUDGET_SECONDS={settings.poll_budget_seconds:g}: use "
            f"{MOST_POLL_BUDGET.total_seconds():g} at most, since a tick is cut off"
        )
