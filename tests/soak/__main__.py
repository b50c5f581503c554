"""
Soak the local cloud: files of all kinds are dropped while everything goes wrong that
can be named, at random from a seed; then a calm end, and an account of every drop.

The plan (what is dropped and what goes wrong, and when) is a function of the seed and
the minutes alone. Ends with 1 if anything was lost, billed twice, announced
differently, left behind, or grew without end.
"""

import argparse
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from tests import on_demand
from tests.soak.planning import plan
from tests.soak.running import Report, soak

_SHOWN = 40


def main(argv: Sequence[str] | None = None) -> int:
    """Soak, print what was injected and the verdict; 0 if nothing was wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=7, help="(default: %(default)s)")
    parser.add_argument(
        "--minutes", type=_minutes, default=10.0, help="how long (default: %(default)g)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="keep the cloud's data and logs in this folder, which must be new "
        "(default: a temporary one)",
    )
    parser.add_argument(
        "--plan", action="store_true", help="print the plan, a line an act, and end"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the report as one line of JSON"
    )
    given = parser.parse_args(argv)
    planned = plan(given.seed, given.minutes)
    if given.plan:
        sys.stdout.write(planned.told().decode())
        return 0
    # A report that a program reads has nothing beside it.
    say = partial(_say, sys.stderr if given.json else sys.stdout)
    with tempfile.TemporaryDirectory(prefix="dropbatch-soak-") as folder:
        report = soak(planned, given.data or Path(folder), say)
    if given.json:
        sys.stdout.write(report.as_json() + "\n")
    else:
        _tell(report, say)
    return 1 if report.wrongs else 0


def _tell(report: Report, say: Callable[[str], None]) -> None:
    _table("Injected", report.injected, say)
    _table("Done by the plan", report.done, say)
    _table("How drops ended", report.outcomes, say)
    say("\nMemory (MiB)")
    for name, took in report.memory.items():
        grew = "too short a life" if took.growth is None else f"{took.growth:+.0f}"
        say(f"  {name:45} {took.most:6.0f} at most, grew {grew}")
    say(
        f"\nseed {report.seed}, {report.seconds:.0f} s: {report.drops} drops, "
        f"{report.jobs} jobs, {report.deliveries} messages, "
        f"{report.injected.total()} faults"
    )
    say(
        f"{report.events_lost} events of drops were lost; looks at the inbox found "
        f"{report.found_by_looks} drops before any event came, and "
        f"{report.unheard_of} were deleted for ever before anybody had heard of them"
    )
    for wrong in report.wrongs[:_SHOWN]:
        say(f"WRONG: {wrong}")
    if len(report.wrongs) > _SHOWN:
        say(f"… and {len(report.wrongs) - _SHOWN} more")
    if not report.wrongs:
        say("nothing lost, nothing billed twice, nothing left behind")


def _table(title: str, counts: Counter[str], say: Callable[[str], None]) -> None:
    say(f"\n{title}")
    for name, count in sorted(counts.items()):
        say(f"  {name:45} {count:6}")


def _say(to: TextIO, line: str) -> None:
    to.write(f"{line}\n")
    to.flush()


def _minutes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 24 * 60:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: use a number of minutes, at most 1440"
        )
    return value


if __name__ == "__main__":
    sys.exit(on_demand.ended(main))
