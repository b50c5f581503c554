"""
Every run of a story in which one mishap befalls an outward call, or a request of one,
through the door. The calls and their requests are those that the run itself made.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from shared.drops import Drop
from tests.fakes import FakeCloud
from tests.lots import drawing
from tests.properties.befalling import may_become, may_repeat
from tests.properties.door.cloud import DoorCloud
from tests.properties.door.wire import Mishap, mishaps_of
from tests.properties.enumerating import BrokenPromiseError
from tests.properties.holding import Broken, watch
from tests.properties.stories import OTHERWISE, STORIES
from tests.properties.world import World


class DoorWorld(World):
    """A world through the door: jobs are told how long they take when they are made."""

    def __init__(self, cloud: DoorCloud) -> None:
        # Stories and checks ask of a cloud what both kinds have.
        super().__init__(cast("FakeCloud", cloud))
        self._through = cloud

    def bring(self, drop: Drop) -> bool:
        self._through.batches.job_seconds = self.job_seconds
        return super().bring(drop)

    def tick(self) -> None:
        self._through.batches.job_seconds = self.job_seconds
        super().tick()

    def wake_up_late(self) -> None:
        self._through.batches.job_seconds = self.job_seconds
        # No port is called for it.
        self._through.faults.stand()
        super().wake_up_late()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run that kept every promise."""

    calls: Sequence[str]
    requests: Sequence[int]
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """One mishap at one call of a story."""

    story: str
    number: int
    mishap: Mishap


class Runs:
    """Runs on one cloud, and what their stories are without mishaps."""

    def __init__(self, cloud: DoorCloud) -> None:
        self._cloud = cloud
        self._plain: dict[str, Ran] = {}

    def plain(self, story: str) -> Ran:
        """The story as it goes by itself."""
        if story not in self._plain:
            try:
                self._plain[story] = self._run(story, {})
            except (Exception, Broken) as error:
                raise BrokenPromiseError(f"{story}, by itself: {error!r}") from error
        return self._plain[story]

    def singles(self, story: str, named: str = "") -> Iterator[Single]:
        """
        Every way in which one call of the story, so named, can go wrong.
        """
        plain = self.plain(story)
        for number, call in enumerate(plain.calls):
            if not call.startswith(named):
                continue
            for mishap in mishaps_of(call, plain.requests[number]):
                yield Single(story=story, number=number, mishap=mishap)

    def prove(self, single: Single) -> None:
        """Run it. Raises BrokenPromiseError that names the story and the mishap."""
        plain = self.plain(single.story)
        number, mishap = single.number, single.mishap
        befell = f"{single.story}, {number} {plain.calls[number]}: {mishap.name}"
        try:
            ran = self._run(single.story, {number: mishap})
            same = list(ran.calls[: number + 1]) == list(plain.calls[: number + 1])
            assert same, "another call was befallen than the one that was meant"
            others = ran.outcomes.items() - plain.outcomes.items()
            allowed = may_become(plain.calls[number], mishap.name)
            allowed |= OTHERWISE.get(single.story, frozenset())
            ends = {reason for _, reason in others}
            assert ends <= allowed, f"it ended {ends - allowed}"
        except (Exception, Broken) as error:
            raise BrokenPromiseError(f"{befell}: {error!r}") from error

    def _run(self, story: str, mishaps: Mapping[int, Mishap]) -> Ran:
        """
        Run a story to its end, and once more with late copies of its events.
        """
        cloud = self._cloud
        cloud.begin(mishaps)
        world = DoorWorld(cloud)
        watch(world.cloud)
        cloud.batches.lag_seconds = cloud.settings.settle_seconds / 2
        try:
            # Each run has drops of its own: in an order that is drawn, another call
            # would be befallen than the one that is meant.
            with contextlib.redirect_stdout(world.lines), drawing(1):
                drops = STORIES[story](world)
                world.again()
        finally:
            cloud.end()
        calls = cloud.faults
        repeats = may_repeat(calls.calls, mishaps)
        ended = world.check(drops, mishaps=bool(mishaps), repeats=repeats)
        assert not calls.missed, calls.missed
        in_order = [f"{drop.name}#{drop.generation}" for drop in drops]
        return Ran(
            calls=calls.calls,
            requests=calls.requests,
            outcomes={str(n): ended[name] for n, name in enumerate(in_order)},
        )
