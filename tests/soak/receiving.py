"""
What a subscriber was told of each drop, folded: a soak may go on for hours, and
keeps of a message a few words and the sum of its bytes.
"""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from tests.schemas import check_message
from tests.soak.sums import crc32c

LATE = "late"
_FINAL = {"completed", "partial", "failed", "rejected"}


@dataclass(slots=True, kw_only=True)
class Message:
    """One event of a drop, however often it came."""

    event_type: str
    reason: str
    crc32c: str
    said: dict[str, Any]
    times: int = 1

    @property
    def is_final(self) -> bool:
        """Whether it ends the drop; what is late does not."""
        return self.said["outcome"] in _FINAL


@dataclass(slots=True)
class Received:
    """Messages by drop and event id, and what was wrong with any of them."""

    drops: dict[str, dict[str, Message]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    deliveries: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, line: str) -> None:
        """Take a line of the collector's."""
        told = json.loads(line)
        data, attributes = told["data"].encode(), told["attributes"]
        try:
            said = check_message(data, attributes)
        except Exception as error:  # noqa: BLE001  # told at the end, with all else
            self._say(f"a message does not fit its schema: {error}"[:500])
            return
        with self._lock:
            self.deliveries += 1
            self._fold(attributes, data, said)

    def ended(self, drop_id: str) -> bool:
        """Whether a drop's end was announced."""
        with self._lock:
            messages = self.drops.get(drop_id, {})
            return any(each.is_final for each in messages.values())

    def count(self) -> int:
        """How many drops have ended."""
        with self._lock:
            of_drops = list(self.drops.values())
            return sum(any(m.is_final for m in each.values()) for each in of_drops)

    def _fold(
        self, attributes: dict[str, str], data: bytes, said: dict[str, Any]
    ) -> None:
        messages = self.drops.setdefault(attributes["ce-subject"], {})
        event_id = attributes["ce-id"]
        # The attributes, too, are the same whenever a message is repeated.
        whole = json.dumps(attributes, sort_keys=True).encode() + b"\n" + data
        known = messages.get(event_id)
        if known is None:
            kept = (
                "outcome",
                "reason",
                "counts",
                "jobs",
                "route",
                "output_uri",
                "drop",
            )
            messages[event_id] = Message(
                event_type=attributes["ce-type"],
                reason=attributes.get("reason", ""),
                crc32c=crc32c(whole),
                said={name: said.get(name) for name in kept} | {"crc32c": crc32c(data)},
            )
        elif known.crc32c != crc32c(whole):
            self.wrong.append(f"two messages under one id differ: {event_id}")
        else:
            known.times += 1

    def _say(self, what: str) -> None:
        with self._lock:
            self.wrong.append(what)
