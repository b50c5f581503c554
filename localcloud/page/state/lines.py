"""
The last lines that the functions printed, of this run of the local cloud.
"""

import json
import time
from collections import deque
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from localcloud.page.asked import Asked, AskedError
from localcloud.page.state.times import rfc3339

_KEPT = 10_000
# What every poll says, each second, must not push out what happened once.
_OF_EVERY_POLL = ("tick", "open_drops")
_KEPT_OF_POLLS = 1_000
_LONGEST = 4_096
_PAGE = 200
# https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity
_SEVERITIES = (
    "DEFAULT",
    "DEBUG",
    "INFO",
    "NOTICE",
    "WARNING",
    "ERROR",
    "CRITICAL",
    "ALERT",
    "EMERGENCY",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One line; `fields` is what it says as JSON, if it is an object.
    """

    number: int
    time: float
    function: str
    severity: str
    text: str
    fields: dict[str, Any]


class Lines:
    """
    A listener to functions' logs that remembers the newest.
    """

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=_KEPT)
        self._of_polls: deque[Line] = deque(maxlen=_KEPT_OF_POLLS)
        self._count = 0

    def take(self, function: str, text: str) -> None:
        """
        Take a line that a function has just printed.
        """
        self._count += 1
        fields = _fields(text)
        severity = fields.get("severity")
        polled = fields.get("event") in _OF_EVERY_POLL
        (self._of_polls if polled else self._lines).append(
            Line(
                number=self._count,
                time=time.time(),
                function=function,
                severity=severity if severity in _SEVERITIES else "DEFAULT",
                text=text[:_LONGEST],
                fields=fields,
            )
        )

    def shown(self, asked: Asked) -> dict[str, Any]:
        """
        The newest lines that are asked for, oldest first.
        """
        least = asked.text("severity", "DEFAULT")
        if least not in _SEVERITIES:
            raise AskedError(f"severity={least!r} is not one of Cloud Logging's")
        wanted = set(_SEVERITIES[_SEVERITIES.index(least) :])
        function, drop = asked.text("function"), asked.text("drop")
        event, without = asked.text("event"), asked.text("without").split(",")
        newest_first = merge(
            reversed(self._lines),
            reversed(self._of_polls),
            key=lambda line: -line.number,
        )
        found = (
            line
            for line in newest_first
            if line.severity in wanted
            and function in ("", line.function)
            and (not drop or line.fields.get("drop_id") == drop)
            and (not event or line.fields.get("event") == event)
            and line.fields.get("event") not in without
        )
        lines = [_shown(line) for line in islice(found, asked.limit(_PAGE, 1000))]
        return {"lines": lines[::-1], "taken": self._count}


def _fields(text: str) -> dict[str, Any]:
    if text[:1] != "{" or len(text) > _LONGEST:
        return {}
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _shown(line: Line) -> dict[str, Any]:
    fields = dict(line.fields)
    fields.pop("severity", None)
    event, drop = fields.pop("event", None), fields.pop("drop_id", None)
    return {
        "number": line.number,
        "time": rfc3339(line.time),
        "function": line.function,
        "severity": line.severity,
        "event": event,
        "drop": drop,
        "fields": fields,
        "text": "" if line.fields else line.text,
    }
