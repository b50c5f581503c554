"""
A whole cloud in memory: every port, and a clock that only a test moves.
"""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from shared import assembly
from shared.backstop import Backstop, Look
from shared.drops import Drop
from shared.ledger import Ledger
from shared.markers import Markers
from shared.polling import Polling, Tick
from shared.settings import Settings, settings_from
from shared.submission import Submission
from tests.fake_objects import FakeObjects
from tests.fake_services import FakeAnnouncements, FakeBatches
from tests.faults import Faults

START = datetime(2026, 11, 23, 12, tzinfo=UTC)

ENVIRONMENT = {
    "DROPBATCH_PROJECT": "p",
    "DROPBATCH_REGION": "us-central1",
    "DROPBATCH_DEPLOYMENT": "test",
    "DROPBATCH_INBOX_BUCKET": "inbox",
    "DROPBATCH_STATE_BUCKET": "state",
    "DROPBATCH_WORK_BUCKET": "work",
    "DROPBATCH_RESULTS_BUCKET": "results",
    "DROPBATCH_MEDIA_BUCKET": "media",
    "DROPBATCH_BEGAN": "2026-11-23T00:00:00Z",
    "DROPBATCH_TOPIC": "projects/p/topics/dropbatch",
    "DROPBATCH_ROUTES": '[{"prefix": "in/", "model": "gemini-2.5-flash"},'
    ' {"prefix": "world/", "model": "gemini-3-pro", "location": "global"},'
    ' {"prefix": "off/", "model": "gemini-2.5-flash", "enabled": false}]',
}
_MOST_POLLS = 500
ROW = b'{"request":{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}}\n'


# Enumerations make thousands of deployments of one kind, and settings never change.
@cache
def settings(**changes: str) -> Settings:
    """Valid settings, with these variables changed (named without the prefix)."""
    changed = {f"DROPBATCH_{name.upper()}": value for name, value in changes.items()}
    return settings_from({**ENVIRONMENT, **changed})


class FakeCloud:
    """All of it, with a clock that only a test moves."""

    def __init__(self, faults: Faults | None = None, **changes: str) -> None:
        self.settings = settings(**changes)
        self.faults = faults or Faults()
        self.time = START
        self.objects = FakeObjects(self.faults, self.now)
        self.batches = FakeBatches(self.faults, self.now)
        self.announcements = FakeAnnouncements(self.faults)
        self._owners = itertools.count(1)

    def change(self, **changes: str) -> None:
        """Deploy again with these settings changed."""
        self.settings = settings(**changes)

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def drop(self, content: bytes = ROW, name: str = "in/a.jsonl") -> Drop:
        """Upload a file; returns what its event tells."""
        info = self.objects.put("inbox", name, content)
        return Drop(
            bucket="inbox",
            name=name,
            generation=info.generation,
            size=len(content),
            crc32c=info.crc32c,
            dropped_at=self.time,
        )

    def ledger(self) -> Ledger:
        return Ledger(self.objects, "state", owner=self._owner())

    def markers(self) -> Markers:
        return Markers(self.objects, "state", now=self.now)

    def ports(self) -> assembly.Ports:
        return assembly.Ports(
            settings=self.settings,
            objects=self.objects,
            now=self.now,
            owner=self._owner(),
        )

    def submission(self) -> Submission:
        return assembly.submission(self.ports(), self.batches)

    def polling(self) -> Polling:
        return assembly.polling(self.ports(), self.batches, self.announcements)

    def backstop(self) -> Backstop:
        return assembly.backstop(self.ports())

    def _owner(self) -> str:
        return f"owner-{next(self._owners)}"

    def submit(self, drop: Drop) -> None:
        self.submission().receive(drop)

    def poll(self) -> Tick:
        return self.polling().tick()

    def look_at_inbox(self) -> Look:
        return self.backstop().look()

    def until_quiet(self, seconds: float = 60) -> None:
        """Poll, letting time pass and jobs end, until no drop is open."""
        for _ in range(_MOST_POLLS):
            self.poll()
            if not self.open():
                return
            self.batches.finish()
            self.wait(seconds)
        raise AssertionError(f"still open: {self.open()}")

    def open(self) -> Sequence[str]:
        return [name for name in self.objects.names("state") if name[:5] == "open/"]
