"""
The tables of `docs/costs.md`, made from the arithmetic in `benchmarks/costs.py`.

Whatever stands outside their markers is left as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from benchmarks.calls import by_class, phases
from benchmarks.costs import (
    Assumed,
    Item,
    beyond_free,
    idle_month,
    million_rows,
    tokens,
)
from benchmarks.prices import PRICES
from pages.marked_tables import filled, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "costs.md"


def page(text: str) -> str:
    """
    The page with each of its tables as the arithmetic says.
    """
    return filled(text, tables(Assumed()))


def tables(assumed: Assumed) -> dict[str, str]:
    """Every table by the name that its markers carry."""
    return {
        "prices": _prices(),
        "assumptions": table(
            "assumed | value",
            [
                (field.name.replace("_", " "), f"{getattr(assumed, field.name):,}")
                for field in fields(assumed)
            ],
        ),
        "calls": table(
            "calls | class A | class B | free | to Vertex AI | published",
            [
                (
                    phase,
                    *(
                        str(by_class(calls)[name])
                        for name in ("class A", "class B", "free", "vertex", "publish")
                    ),
                )
                for phase, calls in phases().items()
            ],
        ),
        "idle-month": _bill(idle_month(assumed)),
        "million-rows": _bill(million_rows(assumed), idle_month(assumed)),
        "tokens": _bill(tokens(assumed)),
    }


def _prices() -> str:
    head = "price | US dollars | per | free each month | page | how sure"
    return table(
        head,
        [
            (
                each.what,
                _digits(each.usd),
                f"{each.per:,.0f} {each.unit}" if each.per > 1 else each.unit,
                f"{each.free:,}" if each.free else "",
                f"[page]({each.page})",
                each.how_sure,
            )
            for each in PRICES.values()
        ],
    )


def _bill(items: Sequence[Item], used: Iterable[Item] = ()) -> str:
    beyond = beyond_free(items, used)
    rows = [
        (
            item.what,
            f"{_short(item.units)} {PRICES[item.price].unit}",
            f"{item.usd:.4f}",
            f"{paid:.4f}",
        )
        for item, paid in zip(items, beyond, strict=True)
    ]
    total = sum(item.usd for item in items)
    rows.append(("**together**", "", f"**{total:.2f}**", f"**{sum(beyond):.2f}**"))
    return table("what | units | US dollars | beyond what is free", rows)


def _short(units: float) -> str:
    if units >= 100 or units == int(units):
        return f"{units:,.0f}"
    return f"{units:.2g}"


def _digits(usd: float) -> str:
    """Two decimals, or as many as it takes."""
    shown = f"{usd:.7f}".rstrip("0")
    return f"{usd:.2f}" if len(shown) < len(f"{usd:.2f}") else shown
