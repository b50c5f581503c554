"""
One JSON line a fact, on standard output, as Cloud Logging reads it.

A line holds `event` (what metrics filter on), ids and codes; never content of
a drop, an answer or a service's free text about either.
"""

import json
import sys
from enum import StrEnum

_LONGEST = 256


class Severity(StrEnum):
    """Cloud Logging's words for how much a line matters."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


def log(
    event: str,
    *,
    severity: Severity = Severity.INFO,
    **fields: str | float | bool | None,
) -> None:
    """
    Write one line. Text is cut at 256 characters and escaped to ASCII, so that
    no object name can forge a line or colour a terminal.
    """
    line: dict[str, object] = {"severity": severity, "event": event}
    for name, value in fields.items():
        if value is not None:
            line[name] = value[:_LONGEST] if isinstance(value, str) else value
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
    sys.stdout.flush()
