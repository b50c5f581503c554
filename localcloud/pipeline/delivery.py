"""
How messages are delivered, and how that goes wrong on demand.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTerms:
    """
    What Eventarc promises a subscriber; the defaults are the service's own.

    Retries wait from `backoff_seconds` on, doubling up to `longest_backoff_seconds`
    (https://cloud.google.com/eventarc/docs/retry-events). An attempt without an answer
    within `ack_seconds` has failed, while its receiver may still be at work.
    """

    backoff_seconds: float = 10.0
    longest_backoff_seconds: float = 600.0
    ack_seconds: float = 600.0
    retention_seconds: float = 24 * 3600.0
    concurrency: int = 32

    def backoff(self, failures: int) -> float:
        """
        How long to wait after so many failures in a row (one at least).
        """
        # 2**30 seconds is past every limit, and far from an overflow.
        grown = self.backoff_seconds * 2.0 ** min(failures - 1, 30)
        return min(grown, self.longest_backoff_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """
    What befalls messages beside ordinary delivery; by default nothing does.

    Each event gets `copies` more messages, and with `copy_chance` one beyond those,
    under ids of their own. Each message waits a time of its own drawn from
    `delay_seconds`; `shuffle` mixes the order of those that are known at once. With
    `lose_chance` an event is lost: it becomes no message at all.
    The same seed draws the same for the same event, by its ordinal, whatever else
    is delivered or repeated.
    """

    seed: int = 0
    copies: int = 0
    copy_chance: float = 0.0
    delay_seconds: tuple[float, float] = (0.0, 0.0)
    shuffle: bool = False
    lose_chance: float = 0.0

    def __post_init__(self) -> None:
        shortest, longest = self.delay_seconds
        if not (self.copies >= 0 and 0 <= self.copy_chance <= 1):
            raise ValueError(
                "copies are 0 or more and a copy_chance is from 0 to 1, not "
                f"{self.copies} and {self.copy_chance:g}"
            )
        if not 0 <= self.lose_chance <= 1:
            raise ValueError(f"a lose_chance is from 0 to 1, not {self.lose_chance:g}")
        if not 0 <= shortest <= longest:
            raise ValueError(
                "delay_seconds are the shortest and the longest wait, 0 or more, not "
                f"{shortest:g} and {longest:g}"
            )

    def delays(self, ordinal: int) -> list[float]:
        """
        How late each message of an event is: as many as the event becomes.
        """
        # Drawn apart, so that what is not lost befalls as if nothing were.
        lost = random.Random(f"{self.seed}/{ordinal}/lost")
        if lost.random() < self.lose_chance:
            return []
        chance = random.Random(f"{self.seed}/{ordinal}/messages")
        messages = 1 + self.copies + (chance.random() < self.copy_chance)
        return [chance.uniform(*self.delay_seconds) for _ in range(messages)]

    def place(self, ordinal: int) -> float:
        """
        Where an event stands among those that are known at once, if they are mixed.
        """
        return random.Random(f"{self.seed}/{ordinal}/place").random()
