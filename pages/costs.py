"""
The tables of `docs/costs.md`, made by the arithmetic in `benchmarks/costs.py`.

Whatever stands outside their markers is left as it is.
"""

from pathlib import Path

from benchmarks.costs import Assumed, tables
from pages.marked_tables import filled

PAGE = Path(__file__).resolve().parents[1] / "docs" / "costs.md"


def page(text: str) -> str:
    """
    The page with each of its tables as the arithmetic says.
    """
    return filled(text, tables(Assumed()))
