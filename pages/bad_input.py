"""The page that says what becomes of bad input, made from the cases that are tested."""

from itertools import groupby
from pathlib import Path
from typing import assert_never

from pages.marked_tables import table
from tests.canary import NAMED
from tests.corpus.cases import (
    Accepted,
    Case,
    Ignored,
    Outcome,
    Refused,
    Rejected,
    Retried,
)
from tests.corpus.table import CASES

PAGE = Path(__file__).parents[1] / "docs" / "bad-input.md"
_HEAD = """\
# What becomes of bad input

Each line is a case that the suite drops into the real functions (`tests/corpus/`);
`make docs` writes this page from them.

- **runs**: with what the message's `warnings` say, if anything.
- **rejected**: nothing is billed. The message has the code; `report.json` has each
  problem's code, line, byte offset from the start of the file, JSON path where there is
  one, and what to do. The first hundred are listed, all are counted; a file is read no
  further than its verdict needs. Line 0 is the whole file. `superseded` is a file whose
  very generation was deleted before it was read: a delete that names none leaves a
  version, which runs. Python's `blob.delete()` names the generation that this blob was
  uploaded as; `bucket.delete_blob(name)` and `gcloud storage rm` name none.
- **ignored**: one log line with the reason, and no message.
- **event refused**: an event that can't be a drop's is answered with success and
  logged as an error; nothing is read.
- **waits until it may be read**: the event is answered with an error, so it comes
  again; nothing is said meanwhile.

"""


def page() -> str:
    """The whole page."""
    return _HEAD + table("case | what | what becomes of it", _rows()) + "\n"


def _rows() -> list[tuple[str, str, str]]:
    """A row for each number and outcome, with all cases that have both."""
    return [
        (str(number), "; ".join(_what(case) for case in cases), said)
        for (number, said), cases in groupby(
            CASES, key=lambda case: (case.number, _said(case.outcome))
        )
    ]


def _what(case: Case) -> str:
    return case.name.replace(NAMED, "x").replace("*", r"\*").replace("_", r"\_")


def _said(outcome: Outcome) -> str:
    match outcome:
        case Accepted():
            warned = ", ".join(f"`{odd}`" for odd in outcome.warnings)
            return f"runs, and warns of {warned}" if warned else "runs"
        case Rejected():
            path = f" at `{outcome.path}`" if outcome.path else ""
            return f"rejected: `{outcome.code}`{path}"
        case Ignored():
            return f"ignored: `{outcome.reason}`"
        case Refused():
            return "event refused"
        case Retried():
            return "waits until it may be read, and runs"
        case _:
            assert_never(outcome)
