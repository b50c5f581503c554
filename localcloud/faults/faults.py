"""
The faults of one local cloud: the rules in force, and what they did.
"""

import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from localcloud.faults.rules import Call, Rule

_logger = logging.getLogger(__name__)

_KEPT = 1_000


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class _Standing:
    """
    A rule in force, and how far it is.
    """

    id: str
    rule: Rule
    drawn_from: str
    """
    What its share is drawn from, with the ordinal of a match.
    """
    matched: int = 0
    befell: int = 0


class Faults:
    """
    Says of each call whether a fault befalls it, and keeps what it said.

    Which matches a rule befalls depends on their ordinals, on the seed and on what
    the rule says, so the same matching calls meet the same faults again, whatever
    else is called or befalls. Of rules that say the same, each draws for itself. The
    rules and their counts are gone after a restart; `log`, a file, is not.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        log: Path | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.seed = seed
        self.injected: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._log = log
        self._now = now
        self._standing: list[_Standing] = []
        self._services: frozenset[str] = frozenset()
        self._made = 0

    @property
    def rules(self) -> list[Rule]:
        return [each.rule for each in self._standing]

    def told(self) -> list[dict[str, Any]]:
        """
        The rules in force, as plain data: with their ids and how far they are.
        """
        return [
            {
                "id": each.id,
                "name": each.rule.name,
                "service": each.rule.service,
                "method": each.rule.method,
                "matched": each.matched,
                "befell": each.befell,
                **msgspec.to_builtins(each.rule),
            }
            for each in self._standing
        ]

    def concern(self, service: str) -> bool:
        """
        Whether any rule is about the service: if not, there is no call to look at.
        """
        services = self._services
        return bool(services) and (service in services or "*" in services)

    def add(self, *rules: Rule) -> list[str]:
        """
        Put rules into force, behind those that are; their ids. All, or (ValueError)
        none.
        """
        for rule in rules:
            rule.check()
        standing = list(self._standing)
        for rule in rules:
            drawn_from = self._drawn_from(rule, standing)
            standing.append(
                _Standing(id=self.new_id(), rule=rule, drawn_from=drawn_from)
            )
        added = standing[len(self._standing) :]
        self._set(standing)
        return [each.id for each in added]

    def new_id(self) -> str:
        """
        An id that nothing else here has.
        """
        self._made += 1
        return f"{self._made}"

    def remove(self, which: str) -> int:
        """
        Take back the rule of this id, or all of this name; how many those were.
        """
        kept = [
            each for each in self._standing if which not in (each.id, each.rule.name)
        ]
        removed = len(self._standing) - len(kept)
        self._set(kept)
        return removed

    def clear(self) -> None:
        """
        No more faults; what was injected so far stays known.
        """
        self._set([])

    def befalling(self, call: Call) -> Rule | None:
        """
        The rule that befalls this call, if one does. Ask once a call.

        It is the first that befalls it; later ones count their match all the same.
        """
        found = None
        for each in self._standing:
            if not each.rule.matches(call):
                continue
            each.matched += 1
            if found is None and self._befalls(each):
                each.befell += 1
                found = each
        if found is None:
            return None
        self.note(
            call,
            rule=found.id,
            name=found.rule.name,
            match=found.matched,
            happens=found.rule.happens(),
        )
        return found.rule

    def note(self, call: Call, **more: Any) -> None:
        """
        Keep, and log as one line of JSON, what was injected into a call.
        """
        noted = {
            "time": self._now().isoformat().replace("+00:00", "Z"),
            "service": call.service,
            "method": call.method,
            "resource": call.resource,
            **more,
        }
        self.injected.append(noted)
        line = json.dumps({"event": "fault_injected", **noted})
        _logger.info("%s", line)
        if self._log is not None:
            with self._log.open("a") as log:
                log.write(f"{line}\n")

    def _befalls(self, each: _Standing) -> bool:
        rule, ordinal = each.rule, each.matched
        if rule.times is not None and each.befell >= rule.times:
            return False
        if rule.calls is not None and ordinal not in rule.calls:
            return False
        if rule.share is None:
            return True
        of = f"{each.drawn_from}/{ordinal}"
        drawn = blake2b(of.encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / 2**64 < rule.share

    def _drawn_from(self, rule: Rule, standing: list[_Standing]) -> str:
        """
        The seed and what the rule says, and a number that no rule in force has that
        says the same. A rule's name and share are not in it: another name changes
        nothing, and a larger share befalls what a smaller one does, and more.
        """
        seed = self.seed if rule.seed is None else rule.seed
        said = msgspec.structs.replace(rule, name="", seed=None, share=None)
        text = msgspec.json.encode(said, order="deterministic").decode()
        taken = {each.drawn_from for each in standing}
        numbered = (f"{seed}/{rule.service}/{text}/{twin}" for twin in count())
        return next(each for each in numbered if each not in taken)

    def _set(self, standing: list[_Standing]) -> None:
        self._standing = standing
        self._services = frozenset(each.rule.service for each in standing)
