"""
Cloud Storage as it really is, seen from above its client: one call in ten is answered
429 or 503, others lose their answers, and all of it is drawn from a seed. Time is a
clock that a test moves.

What the client does beneath the port is played too: it repeats every call on 429, 5xx
and broken connections, with growing pauses, until its patience is over. So a call is
late, or fails as one that may pass; and one whose answer was lost is told of its own
effect.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from shared.errors import ConflictError, ForbiddenError, MissingError, ServiceError
from tests.fakes import FakeCloud
from tests.faults import Faults

T = TypeVar("T")

# How long the client repeats a call.
PATIENCE_SECONDS = 30
# Two in five of these are 429 or 503 and nothing is done: one call in ten.
_SHARE = 0.25
# What the client's first pauses come to.
_PAUSES = (0.4, 1.7, 6.0, 28.0)
_BETWEEN_WRITES = timedelta(seconds=1)


class Trouble(StrEnum):
    """What a call may meet."""

    LATE = "429 or 503, until a repeat passes"
    AWAY = "429 or 503, until patience is over"
    LOST = "its answer is lost, and the repeat is answered"
    LOST_AND_AWAY = "its answer is lost, and so are those of the repeats"
    UNSEEN = "403 in place of 404"


# What a repeat of a call that has been done is answered; of others, what the first was.
REPEATED: Mapping[str, type[ConflictError | MissingError]] = {
    "objects.write": ConflictError,
    "objects.copy": ConflictError,
    "objects.delete": MissingError,
}


@dataclass
class Weather(Faults):
    """
    What befalls the calls of Cloud Storage; others pass. `next` comes before what is
    drawn. `waited`: writes that came too soon.
    """

    seed: int = 7
    share: float = _SHARE
    next: list[Trouble] = field(default_factory=list)
    met: list[Trouble] = field(default_factory=list)
    waited: int = 0
    wait: Callable[[float], None] = lambda seconds: None

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # to be repeated, not to be secret

    def call(self, name: str, effect: Callable[[], T]) -> T:
        self.calls.append(name)
        self.on_call(name)
        sort = name.partition(" ")[0]
        trouble = self._drawn() if sort.startswith("objects.") else None
        if trouble is None:
            return effect()
        self.met.append(trouble)
        self.befell += 1
        match trouble:
            case Trouble.LATE:
                self.wait(self.chance.choice(_PAUSES))
                return effect()
            case Trouble.AWAY:
                self.wait(PATIENCE_SECONDS)
                raise ServiceError(f"{name}: 503")
            case Trouble.LOST:
                done = effect()
                self.wait(self.chance.choice(_PAUSES))
                if repeated := REPEATED.get(sort):
                    raise repeated(name)
                return done
            case Trouble.LOST_AND_AWAY:
                effect()
                self.wait(PATIENCE_SECONDS)
                raise ServiceError(f"{name}: 503")
            case Trouble.UNSEEN:
                try:
                    return effect()
                except MissingError as error:
                    raise ForbiddenError(f"{name}: 403") from error

    def _drawn(self) -> Trouble | None:
        if self.next:
            return self.next.pop(0)
        if self.chance.random() >= self.share:
            return None
        return self.chance.choice(list(Trouble))


def weather_over(cloud: FakeCloud, weather: Weather) -> None:
    """
    Let the weather be as it is over a cloud that was made with it: pages of three,
    streams in small pieces that may break off, one write a second of each name.
    """
    weather.wait = cloud.wait
    last: dict[tuple[str, str], datetime] = {}

    def one_a_second(bucket: str, name: str) -> None:
        # The client repeats a write that comes too soon until it passes.
        turn = last.get((bucket, name), cloud.now())
        if turn > cloud.now():
            weather.waited += 1
            cloud.wait((turn - cloud.now()).total_seconds())
        last[bucket, name] = cloud.now() + _BETWEEN_WRITES

    def breaks_off() -> None:
        if weather.chance.random() < weather.share / 4:
            cloud.wait(PATIENCE_SECONDS)
            raise ServiceError("a stream broke off")

    cloud.objects.page, cloud.objects.chunk = 3, 32
    cloud.objects.on_chunk = breaks_off
    cloud.objects.on_change = one_a_second
