"""The page of costs says what the arithmetic says, on numbers of the real code."""

import re
from pathlib import Path

import pytest

from benchmarks.calls import CLASSES, by_class, phases
from benchmarks.costs import (
    Assumed,
    Item,
    beyond_free,
    idle_month,
    million_rows,
    tokens,
)
from benchmarks.prices import PRICES
from pages.costs import PAGE, tables
from pages.marked_tables import named
from shared.routes import Limits

TERRAFORM = Path(__file__).parents[2] / "terraform"


def test_every_table_has_its_place_in_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert named(text) == tables(Assumed()).keys()


def test_an_idle_tick_is_one_list() -> None:
    assert phases()["idle tick"] == {"objects.list state": 1}


def test_a_drop_that_runs_costs_a_tick_nothing_of_its_own() -> None:
    counted = phases()

    assert counted["running tick"] - counted["idle tick"] == {"batches.active": 1}


def test_every_call_is_of_a_kind_that_somebody_bills() -> None:
    for calls in phases().values():
        billed = by_class(calls)

        assert billed.keys() <= {*CLASSES.values(), "vertex", "publish"}
        assert billed.total() == calls.total()


def test_every_price_is_in_some_bill_and_has_its_page() -> None:
    assumed = Assumed()
    items = [*idle_month(assumed), *million_rows(assumed), *tokens(assumed)]

    assert {each.price for each in items} == PRICES.keys()
    for price in PRICES.values():
        assert price.page.startswith("https://cloud.google.com/")
        assert price.how_sure in ("sure", "likely", "from memory")


def test_what_is_free_is_taken_off_and_never_paid_back() -> None:
    some = Item(what="x", units=6_000, price="class A")
    few = Item(what="x", units=4_000, price="class A")

    assert some.usd == pytest.approx(0.03)
    assert beyond_free([some]) == [pytest.approx(0.005)]
    assert beyond_free([few]) == [0]
    # What one has used is free for no other.
    assert beyond_free([few, few]) == [0, pytest.approx(0.015)]
    assert beyond_free([few], [some]) == [pytest.approx(0.02)]


def test_the_sums_of_the_idle_month_are_right() -> None:
    """By hand: 43,200 ticks of 0.3 s on one CPU and half a GiB."""
    found = {each.price: each.usd for each in idle_month(Assumed())}

    assert found["cpu"] == pytest.approx(43_200 * 0.3 * 0.000024)
    assert found["memory"] == pytest.approx(43_200 * 0.3 * 0.5 * 0.0000025)
    lists = [e.usd for e in idle_month(Assumed()) if e.price == "class A"]
    # And a list and a bookmark for each of 720 looks at the inbox.
    assert lists == [pytest.approx(43.2 * 0.005), pytest.approx(1.44 * 0.005)]


def test_five_drops_hold_a_million_rows() -> None:
    assert Assumed().drops == 5
    assert Assumed(rows=1_000_001).drops == 6
    assert Assumed().rows_in_a_drop == Limits().rows


def test_the_functions_are_of_the_size_that_is_assumed() -> None:
    for function in ("submit_job", "poll_jobs"):
        text = (TERRAFORM / f"{function}.tf").read_text(encoding="utf-8")
        (cpus,) = re.findall(r'available_cpu += "(.+)"', text)
        (memory,) = re.findall(r'available_memory += "(\d+)Mi"', text)

        assert float(cpus) == Assumed().cpus
        assert int(memory) / 1024 == Assumed().memory_gib
        assert "min_instance_count" not in text


def test_files_are_kept_as_long_as_is_assumed() -> None:
    variables = (TERRAFORM / "variables.tf").read_text(encoding="utf-8")
    buckets = (TERRAFORM / "buckets.tf").read_text(encoding="utf-8")

    def days(field: str) -> int:
        (found,) = re.findall(rf"{field} += optional\(number, (\d+)\)", variables)
        return int(found)

    def soft_delete(role: str) -> int:
        (found,) = re.findall(
            rf"^    {role} = \{{\n +soft_delete_days += (\d+)", buckets, re.MULTILINE
        )
        return int(found)

    kept = days("inbox_days") + soft_delete("inbox")
    assert kept == Assumed().days_in_the_inbox
    assert days("work_days") + soft_delete("work") == Assumed().days_in_work


def test_ticks_come_as_often_as_is_assumed() -> None:
    text = (TERRAFORM / "variables_polls.tf").read_text(encoding="utf-8")
    (minutes,) = re.findall(
        r'variable "poll_minutes" \{.*?default += (\d+)', text, re.DOTALL
    )

    assert int(minutes) == Assumed().minutes_between_ticks


def test_looks_at_the_inbox_come_as_often_as_is_assumed() -> None:
    text = (TERRAFORM / "variables_polls.tf").read_text(encoding="utf-8")
    (minutes,) = re.findall(
        r'variable "backstop_minutes" \{.*?default += (\d+)', text, re.DOTALL
    )

    assert int(minutes) == Assumed().minutes_between_looks_at_the_inbox
