"""What the functions logged, and what in it only a bug can have written."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from shared import errors

# The last line of a traceback: the class of what escaped, and what it says.
_RAISED = re.compile(r"([A-Za-z_][\w.]*(?:Error|Exception|Interrupt))(?::|$)")
_CHAINED = ("The above exception was", "During handling of the above")

_EXPECTED = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type)
    and issubclass(kind, errors.TransientError | errors.PermanentError)
}


@dataclass(slots=True, kw_only=True)
class Logged:
    """
    Events by name, the drops that a look at the inbox claimed, and the classes of
    errors that nobody expects.
    """

    events: Counter[str] = field(default_factory=Counter)
    found_by_looks: set[str] = field(default_factory=set)
    unexpected: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read the logs of both functions."""
        logged = cls()
        for name in ("submit_job", "poll_jobs"):
            for path in sorted(folder.glob(f"{name}.log*")):
                with path.open(encoding="utf-8", errors="replace") as lines:
                    logged.read(lines)
        return logged

    def read(self, lines: Iterable[str]) -> None:
        """Take the lines of one log."""
        for error in _escaped(self._not_ours(lines)):
            if error.rpartition(".")[2] not in _EXPECTED:
                self.unexpected[error] += 1

    def _not_ours(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            told = _json(line)
            if told is None:
                yield line.rstrip("\n")
                continue
            self.events[str(told.get("event"))] += 1
            if told.get("event") == "backstop_claimed":
                self.found_by_looks.add(str(told["drop_id"]))
            error = str(told.get("error", ""))
            if told.get("event") == "drive_failed" and error not in _EXPECTED:
                self.unexpected[error] += 1


def _json(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        told = json.loads(line)
    except ValueError:
        return None  # cut by a kill
    return told if isinstance(told, dict) else None


def _escaped(lines: Iterable[str]) -> Iterator[str]:
    """The classes of the errors at the end of each chain of tracebacks."""
    last = ""
    for line in lines:
        if line.startswith(_CHAINED):
            last = ""
        elif raised := _RAISED.match(line):
            if last:
                yield last
            last = raised[1]
    if last:
        yield last
