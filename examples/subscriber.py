"""
Receives dropbatch's messages, each event once, and prints a line for each.

    python examples/subscriber.py PROJECT SUBSCRIPTION [--count N] [--json]

Pub/Sub delivers at least once, and dropbatch publishes at least once: the same
event always has the same `ce-id`. The ids that were handled are kept in a small
SQLite file, so that a repeat is dropped after a restart too. A message is
acknowledged only after it was handled.

A drop that takes long is announced as late, perhaps more than once, each time for
another reason. That ends nothing: the same drop's last message is still to come, by
itself or after somebody acts (the line says which), and --count counts only those.

Exits with 0, or with 1 when --count of them have not come within --timeout or
the subscription can't be read.
"""

import argparse
import json
import queue
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from google.api_core.exceptions import GoogleAPICallError
from google.cloud.pubsub_v1 import SubscriberClient
from google.cloud.pubsub_v1.types import FlowControl

# Pub/Sub keeps a message for at most 31 days, so no repeat comes later.
# https://cloud.google.com/pubsub/docs/replay-overview
REMEMBERED = "-32 days"
LATE = "dev.dropbatch.drop.late.v1"
SHUTDOWN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of dropbatch: a CloudEvent in binary mode."""

    id: str
    type: str
    subject: str
    attributes: dict[str, str]
    data: dict[str, Any]

    @classmethod
    def from_message(cls, attributes: dict[str, str], body: bytes) -> Self:
        """Raises ValueError for a message that is not one of dropbatch's."""
        missing = {"ce-id", "ce-type", "ce-subject"} - attributes.keys()
        if missing:
            raise ValueError(f"no {', '.join(sorted(missing))} among the attributes")
        data = json.loads(body)
        if not isinstance(data, dict):
            raise ValueError("the data is no JSON object")
        return cls(
            id=attributes["ce-id"],
            type=attributes["ce-type"],
            subject=attributes["ce-subject"],
            attributes=attributes,
            data=data,
        )

    @property
    def ends_the_drop(self) -> bool:
        """False for one that is late: its last message is still to come."""
        return self.type != LATE

    def line(self) -> str:
        """The event for people to read."""
        told = []
        if self.ends_the_drop:
            counts = self.data.get("counts") or {}
            told.append(self.data.get("output_uri", "-"))
            told += [f"{n}={v}" for n, v in counts.items() if v is not None]
        if error := self.data.get("error"):
            told.append(f"{self.data.get('reason', '-')}: {error.get('message', '-')}")
        return " ".join((self.type, self.subject, *told))

    def json(self) -> str:
        """The event for programs, on one line; `fetch_results.py -` reads it."""
        return json.dumps({"attributes": self.attributes, "data": self.data})


class Handled:
    """The ids of the events that were handled, in a file that survives a restart."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS handled (id TEXT PRIMARY KEY, at TEXT NOT NULL)"
        )
        self._db.execute(
            "DELETE FROM handled WHERE at < datetime('now', ?)", [REMEMBERED]
        )

    def __contains__(self, event_id: str) -> bool:
        row = self._db.execute("SELECT 1 FROM handled WHERE id = ?", [event_id])
        return row.fetchone() is not None

    def add(self, event_id: str) -> None:
        """Remember an event, for good once this returns."""
        self._db.execute(
            "INSERT OR IGNORE INTO handled VALUES (?, datetime('now'))", [event_id]
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def handle(message: Any, handled: Handled, show: Callable[[Event], None]) -> bool:
    """
    Show a message's event unless it is a repeat, then ack. True if it was new, and
    ends its drop.
    """
    try:
        event = Event.from_message(dict(message.attributes), message.data)
    except ValueError as error:
        # It would come again for ever, and is as wrong each time.
        print(f"ignored a message that is not dropbatch's: {error}", file=sys.stderr)
        message.ack()
        return False
    new = event.id not in handled
    if new:
        # First the work, then the memory, then the ack. To die between the first
        # two does the work twice; any other order could lose it. Work that goes
        # into a database of your own belongs in one transaction with the id.
        show(event)
        handled.add(event.id)
    message.ack()
    return new and event.ends_the_drop


def receive(
    subscription: str,
    handled: Handled,
    show: Callable[[Event], None],
    *,
    count: int | None,
    timeout_seconds: float | None,
) -> int:
    """Handle messages until `count` drops end or the time is up; return how many."""
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    # The library calls back on many threads; the queue makes one of them, and ends
    # the wait when the stream breaks for good.
    waiting: queue.Queue[Any] = queue.Queue()
    received = 0
    with SubscriberClient() as client:
        stream = client.subscribe(
            subscription,
            callback=waiting.put,
            flow_control=FlowControl(max_messages=20),
        )
        stream.add_done_callback(lambda _: waiting.put(None))
        try:
            while count is None or received < count:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    break
                try:
                    message = waiting.get(timeout=left)
                except queue.Empty:
                    break
                if message is None:
                    stream.result()
                    break
                received += handle(message, handled, show)
        finally:
            _give_back(waiting)
            stream.cancel()
            # What could not be given back in time is delivered again later.
            with suppress(TimeoutError):
                if not stream.done():
                    stream.result(timeout=SHUTDOWN_SECONDS)
    return received


def _give_back(waiting: queue.Queue[Any]) -> None:
    """Let others have at once what came but will not be handled here."""
    while not waiting.empty():
        message = waiting.get()
        if message is not None:
            message.nack()


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description="Print dropbatch's messages, each event once."
    )
    parser.add_argument("project")
    parser.add_argument("subscription", help="its name, or its whole path")
    parser.add_argument("--count", type=int, help="stop after this many drops' ends")
    parser.add_argument("--timeout", type=float, help="stop after this many seconds")
    parser.add_argument("--json", action="store_true", help="print whole messages")
    parser.add_argument(
        "--handled",
        type=Path,
        default=Path("handled-events.sqlite3"),
        help="the file of the ids that were handled (default: %(default)s)",
    )
    return parser.parse_args()


def main() -> int:
    """Run until told to stop."""
    asked = arguments()
    path = asked.subscription
    if "/" not in path:
        path = f"projects/{asked.project}/subscriptions/{path}"
    handled = Handled(asked.handled)

    def show(event: Event) -> None:
        print(event.json() if asked.json else event.line(), flush=True)

    try:
        received = receive(
            path, handled, show, count=asked.count, timeout_seconds=asked.timeout
        )
    except KeyboardInterrupt:
        return 0
    except GoogleAPICallError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    finally:
        handled.close()
    return 0 if asked.count is None or received >= asked.count else 1


if __name__ == "__main__":
    sys.exit(main())
