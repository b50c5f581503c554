"""A route: the rule that says what happens to drops under a name prefix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.times import Moment

GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What one drop of a route may hold, and how long it may take; and all of them. The
    defaults are the service's own: 200,000 requests and 1 GB a job (Vertex AI, "Batch
    inference overview").
    """

    rows: int = 200_000
    bytes: int = 1_000_000_000
    # When a drop is late: longer than this until a job of it runs, longer than this
    # until that job ends (the service's own ends: vertex facts, C3), or longer than
    # this until the drop ends. `late_reasons` says when one is whose job or end can't
    # be seen or written.
    queue_seconds: int = 72 * 3600
    run_seconds: int = 24 * 3600
    deadline_seconds: int | None = None
    # Of the whole route: how many jobs at a time (soft), and how many rows a day.
    jobs: int | None = None
    rows_per_day: int | None = None

    @property
    def are_caps(self) -> bool:
        """Whether somebody has to count before a job may be made."""
        return self.jobs is not None or self.rows_per_day is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    What is done with drops whose name begins with `prefix`.

    Frozen into the record of each drop that it claims, so that a later change
    touches later drops only.
    """

    prefix: str
    model: str
    location: str
    results_prefix: str
    labels: Mapping[str, str] = field(default_factory=dict)
    display_name: str = "dropbatch"
    media_prefixes: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    enabled: bool = True
    # When it was first deployed; None is as early as the deployment itself.
    began: Moment | None = None


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes of a deployment, longest prefix first."""

    routes: tuple[Route, ...]

    def match(self, name: str) -> Route | None:
        """Return the route with the longest prefix that `name` begins with."""
        return next((r for r in self.routes if name.startswith(r.prefix)), None)

    def began(self, name: str) -> datetime | None:
        """
        Since when `name` has had a route, if that is not since the deployment began: a
        route within another takes over from that one.
        """
        began = [r.began for r in self.routes if name.startswith(r.prefix)]
        times = [time for time in began if time]
        return min(times) if times and len(times) == len(began) else None
