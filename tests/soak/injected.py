"""What was injected: the cloud's own log of it, read as it grows, and counted."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True, kw_only=True)
class Injected:
    """
    How often each fault befell a call, a job or an event so far; of which files, by
    name, events were lost.
    """

    log: Path
    counts: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    _read: int = 0

    def look(self) -> int:
        """Read what is new; return how many there are in all."""
        if self.log.exists():
            with self.log.open("rb") as file:
                file.seek(self._read)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read += len(line)
                    told = json.loads(line)
                    # Several disturbances of events are one line.
                    self.counts[told["name"] or "event disturbed"] += 1
                    if told.get("happens", {}).get("messages") == 0:
                        self.lost[told["resource"].partition("/objects/")[2]] += 1
        return self.counts.total()
