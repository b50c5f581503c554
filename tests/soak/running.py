"""A soak from its beginning to its account."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.e2e.pipeline import collecting
from tests.running_cloud import storage_client
from tests.soak import accounting, memory
from tests.soak.deploying import soaked_cloud
from tests.soak.driving import Driver
from tests.soak.found import Found, Looker, outcomes
from tests.soak.injected import Injected
from tests.soak.memory import Memory, Sampler
from tests.soak.planning import Plan
from tests.soak.receiving import Received

# What is under way when the calm begins may take its time on a slow machine, as long
# as one drop after the other ends.
_STALLED_SECONDS = 90
_LONGEST_SECONDS = 1200
# What is quiet stays so: a late twin or a repeat would show within this.
_STILL_SECONDS = 2
_PROGRESS_SECONDS = 10

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Report:
    """
    What was done, what befell it, and what of it must not be. The drops of events that
    were lost were found by looks at the inbox, unless they were deleted for ever first.
    """

    seed: int
    seconds: float
    drops: int = 0
    jobs: int = 0
    deliveries: int = 0
    events_lost: int = 0
    found_by_looks: int = 0
    unheard_of: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    logged: Counter[str] = field(default_factory=Counter)
    memory: dict[str, Memory] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """All of it, for a program to read."""
        return msgspec.json.encode(self).decode()


def soak(plan: Plan, folder: Path, say: Say) -> Report:
    """Carry out a plan on a local cloud of its own, and account for every drop."""
    began = time.monotonic()
    with soaked_cloud(folder) as cloud, storage_client(cloud) as client:
        received = Received()
        with collecting(cloud, received.take):
            injected = Injected(log=cloud.folder / "logs" / "faults.log")
            sampler = Sampler(cloud)
            driver = Driver(cloud=cloud, client=client)
            looker = Looker(cloud, client, plan)
            progress = _Progress(
                driver=driver,
                injected=injected,
                received=received,
                sampler=sampler,
                say=say,
            )
            driver.drive(plan, progress.second)
            say("calm: no more faults, and nothing new is dropped")
            injected.look()
            found = Found(messages=received.drops, lost=injected.lost)
            looker.inbox(found)
            _until_quiet(found, looker, progress)
            looker.all(found)
        injected.look()
        took = sampler.told()
    return Report(
        seed=plan.seed,
        seconds=round(time.monotonic() - began, 1),
        drops=len(found.wanted),
        jobs=len(found.jobs),
        deliveries=received.deliveries,
        events_lost=found.events_lost,
        found_by_looks=len(found.logged.found_by_looks),
        unheard_of=len(found.unheard_of),
        outcomes=outcomes(found),
        injected=injected.counts,
        done=driver.done,
        logged=found.logged.events,
        memory=took,
        wrongs=[
            *driver.failed,
            *received.wrong,
            *accounting.wrongs(found),
            *memory.wrongs(took),
        ],
    )


@dataclass(kw_only=True)
class _Progress:
    """Looks at memory once a second, and says a line every ten."""

    driver: Driver
    injected: Injected
    received: Received
    sampler: Sampler
    say: Say
    began: float = field(default_factory=time.monotonic)
    _due: float = _PROGRESS_SECONDS

    def second(self) -> None:
        self.sampler.sample()
        now = time.monotonic() - self.began
        if now < self._due:
            return
        self._due += _PROGRESS_SECONDS
        took = ", ".join(f"{n} {mib:.0f}" for n, mib in self.sampler.now().items())
        self.say(
            f"{now:6.0f} s  {self.driver.done['file dropped']} dropped, "
            f"{self.received.count()} ended, {self.injected.look()} faults; "
            f"MiB: {took}"
        )


def _until_quiet(found: Found, looker: Looker, progress: _Progress) -> None:
    """Wait until every drop has ended and every marker is gone, or nothing goes on."""
    began = moved = time.monotonic()
    still, left = 0, (len(found.wanted), 0)
    while still < _STILL_SECONDS:
        time.sleep(1)
        progress.second()
        progress.driver.help_along()
        waiting = [id for id in found.wanted if not progress.received.ended(id)]
        before, left = left, (len(waiting), len(looker.open()))
        still = 0 if any(left) else still + 1
        now = time.monotonic()
        moved = now if left != before else moved
        if now > moved + _STALLED_SECONDS or now > began + _LONGEST_SECONDS:
            progress.say(f"{left[0]} drops don't end, {left[1]} markers are left")
            return
    progress.say(f"quiet after {time.monotonic() - began:.0f} s")
