"""
Markdown tables that code makes, between markers in a page that people write.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

_NAMED = re.compile(r"(?<=<!-- begin )[\w-]+(?= -->)")


def filled(text: str, tables: Mapping[str, str]) -> str:
    """
    The page with each of its tables as given, and all else as it is.

    Raises ValueError for a table that has no end, KeyError for one that nobody makes.
    """
    for name in _NAMED.findall(text):
        begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"the table {name!r} has no end")
        text = f"{before}{begin}\n{tables[name]}\n\n{end}{after}"
    return text


def named(text: str) -> set[str]:
    """
    The tables that a page has a place for.
    """
    return set(_NAMED.findall(text))


def table(head: str, rows: Iterable[Sequence[str]]) -> str:
    """
    A table of rows; `head` has bars between its columns.
    """
    lines = [f"| {head} |", "|---" * (head.count("|") + 1) + "|"]
    lines += (
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows
    )
    return "\n".join(lines)
