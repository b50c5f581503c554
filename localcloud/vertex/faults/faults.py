"""
Faults on demand: which calls and which jobs go wrong, and how.

A rule says what it matches, which of the matches it befalls (by number, by
share, by how often at most) and what happens then. The first rule that befalls a
call has it. What was injected is kept, and logged.
"""

import logging
from collections import deque
from hashlib import blake2b
from typing import Any

import msgspec

from localcloud.vertex.faults.rules import Call, Fault, check_rule, matches
from localcloud.vertex.jobs.scripts import Script

_logger = logging.getLogger(__name__)

_KEPT = 1_000


class Faults:
    """
    The rules in force. They and their counts are gone after a restart.
    """

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._matched: list[int] = []
        self._befell: list[int] = []
        self.injected: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    @property
    def rules(self) -> list[Fault]:
        return list(self._rules)

    def add(self, *rules: Fault) -> None:
        for rule in rules:
            check_rule(rule)
        self._rules += rules
        self._matched += [0] * len(rules)
        self._befell += [0] * len(rules)

    def clear(self) -> None:
        """
        No more faults; what was injected so far stays known.
        """
        self._rules, self._matched, self._befell = [], [], []

    def befalling(self, call: Call) -> Fault | None:
        """
        The fault that befalls this call, if one does. Ask once a call.
        """
        found = None
        for number, rule in enumerate(self._rules):
            if not matches(rule, call):
                continue
            self._matched[number] += 1
            # Later rules count their matches, whoever has this one.
            if found is None and self._befalls(number, rule):
                self._befell[number] += 1
                found = rule
                self._note(rule, call, self._matched[number])
        return found

    def script(self, call: Call) -> Script:
        """
        How the job that is being made is to go.
        """
        found = self.befalling(call)
        return Script() if found is None or found.script is None else found.script

    def _befalls(self, number: int, rule: Fault) -> bool:
        ordinal = self._matched[number]
        if rule.times is not None and self._befell[number] >= rule.times:
            return False
        if rule.calls is not None and ordinal not in rule.calls:
            return False
        if rule.share is None:
            return True
        drawn = blake2b(f"{rule.seed}/{ordinal}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / 2**64 < rule.share

    def _note(self, rule: Fault, call: Call, ordinal: int) -> None:
        noted = {
            "method": call.method,
            "resource": call.resource,
            "match": ordinal,
            "fault": rule.name or msgspec.to_builtins(rule),
        }
        self.injected.append(noted)
        _logger.info("fault injected: %s", noted)
