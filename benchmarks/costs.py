"""
What a deployment costs, from prices, assumptions and counted calls.

Change an assumption here, or a price in `benchmarks/prices.py`, run `make docs`, and
docs/costs.md follows (`pages/costs.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.calls import by_class, phases
from benchmarks.prices import PRICES

_GIB, _MIB = 2**30, 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What the arithmetic takes for given; the fields' names are what they are."""

    days_in_a_month: int = 30
    minutes_between_ticks: int = 1
    minutes_between_looks_at_the_inbox: int = 60
    cpus: float = 1
    memory_gib: float = 0.5
    idle_tick_seconds: float = 0.3
    log_bytes_of_a_tick: int = 4_000
    counting_metrics: int = 21
    distribution_metrics: int = 9
    alert_conditions: int = 26
    images_gib: float = 0.7
    rows: int = 1_000_000
    rows_in_a_drop: int = 200_000
    input_bytes_of_a_row: int = 1_500
    output_bytes_of_a_row: int = 2_500
    input_tokens_of_a_row: int = 400
    output_tokens_of_a_row: int = 150
    checked_bytes_in_a_second: int = 20_000_000
    minutes_that_jobs_run: int = 180
    more_seconds_of_a_tick_while_jobs_run: float = 0.3
    log_bytes_of_a_drop: int = 20_000
    message_bytes: int = 4_000
    days_in_the_inbox: int = 37
    days_in_work: int = 30

    @property
    def ticks(self) -> int:
        """Ticks of a month."""
        return self.days_in_a_month * 24 * 60 // self.minutes_between_ticks

    @property
    def looks(self) -> int:
        """Looks at the inbox of a month, each of a page at most."""
        return self.days_in_a_month * 24 * 60 // self.minutes_between_looks_at_the_inbox

    @property
    def drops(self) -> int:
        """Drops that hold the rows."""
        return -(-self.rows // self.rows_in_a_drop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a bill: how many units of one price."""

    what: str
    units: float
    price: str

    @property
    def usd(self) -> float:
        """At list price."""
        return PRICES[self.price].of(self.units)


def beyond_free(items: Iterable[Item], used: Iterable[Item] = ()) -> list[float]:
    """
    What each costs where only these, and those `used` before them, use what is free
    each month: what one has used is free for no other.
    """
    left = {name: price.free for name, price in PRICES.items()}
    for item in used:
        left[item.price] = max(left[item.price] - item.units, 0)
    found = []
    for item in items:
        found.append(PRICES[item.price].of(max(item.units - left[item.price], 0)))
        left[item.price] = max(left[item.price] - item.units, 0)
    return found


def idle_month(assumed: Assumed) -> list[Item]:
    """A month in which nobody drops anything."""
    ticks, calls = assumed.ticks, by_class(phases()["idle tick"])
    minutes = assumed.days_in_a_month * 24 * 60
    metric_bytes = minutes * (
        8 * assumed.counting_metrics + 80 * assumed.distribution_metrics
    )
    seconds = ticks * assumed.idle_tick_seconds
    return [
        Item(what="ticks", units=ticks, price="requests"),
        Item(what="their CPU", units=seconds * assumed.cpus, price="cpu"),
        Item(what="their memory", units=seconds * assumed.memory_gib, price="memory"),
        Item(
            what="their lists of open drops",
            units=ticks * calls["class A"],
            price="class A",
        ),
        Item(
            what="looks for lost events",
            units=assumed.looks
            * by_class(phases()["idle look at the inbox"])["class A"],
            price="class A",
        ),
        Item(what="the schedules", units=2, price="schedule"),
        Item(
            what="log lines: ours, Cloud Run's, Scheduler's",
            units=ticks * assumed.log_bytes_of_a_tick / _GIB,
            price="logs",
        ),
        Item(
            what="metrics, a point a minute each at most",
            units=metric_bytes / _MIB,
            price="metrics",
        ),
        Item(what="alerts", units=assumed.alert_conditions, price="conditions"),
        Item(
            what="what alerts read, twice a minute each",
            units=assumed.alert_conditions * minutes * 2,
            price="points",
        ),
        Item(what="images", units=assumed.images_gib, price="images"),
    ]


def million_rows(assumed: Assumed) -> list[Item]:
    """What a million rows add to that month, Vertex AI's own bill apart."""
    drops, calls = assumed.drops, by_class(phases()["whole drop"])
    dropped = assumed.rows * assumed.input_bytes_of_a_row
    seconds = (
        dropped / assumed.checked_bytes_in_a_second
        + assumed.minutes_that_jobs_run
        / assumed.minutes_between_ticks
        * assumed.more_seconds_of_a_tick_while_jobs_run
    )
    kept = (assumed.days_in_the_inbox + assumed.days_in_work) / assumed.days_in_a_month
    # Published and delivered: the event of the inbox, and the message.
    sent = drops * calls["publish"] * 4 * assumed.message_bytes
    return [
        Item(what="events", units=drops, price="requests"),
        Item(
            what="checking files, following jobs: CPU",
            units=seconds * assumed.cpus,
            price="cpu",
        ),
        Item(
            what="checking files, following jobs: memory",
            units=seconds * assumed.memory_gib,
            price="memory",
        ),
        Item(what="writes, copies", units=drops * calls["class A"], price="class A"),
        Item(what="reads", units=drops * calls["class B"], price="class B"),
        Item(
            what="the files, in the inbox and in work",
            units=dropped * kept / _GIB,
            price="storage",
        ),
        Item(
            what="the answers, each month that they are kept",
            units=assumed.rows * assumed.output_bytes_of_a_row / _GIB,
            price="storage",
        ),
        Item(
            what="log lines",
            units=drops * assumed.log_bytes_of_a_drop / _GIB,
            price="logs",
        ),
        Item(what="events and messages", units=sent / _GIB, price="pubsub"),
    ]


def tokens(assumed: Assumed) -> list[Item]:
    """Vertex AI's own bill for them."""
    return [
        Item(
            what="input tokens",
            units=assumed.rows * assumed.input_tokens_of_a_row,
            price="input",
        ),
        Item(
            what="output tokens",
            units=assumed.rows * assumed.output_tokens_of_a_row,
            price="output",
        ),
    ]
