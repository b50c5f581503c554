"""The memory of every process that matters, sampled while a soak goes on."""

import statistics
from collections import defaultdict
from dataclasses import dataclass, field

import psutil

from tests.running_cloud import RunningCloud

# What a function has on Google Cloud, and what the whole local cloud may take.
MOST_MIB = {"submit_job": 256, "poll_jobs": 256, "local cloud": 512}
# Of the last third of the longest life of a process, beside its first third, once it
# is set up: what leaks goes on leaking, and a pool or a cache comes to an end. In ten
# minutes functions grow by 1 to 3; a minute is too short to see any but a gross leak.
MOST_GROWTH_MIB = {"submit_job": 12, "poll_jobs": 12, "local cloud": 96}
# In looks, of which there is at most one a second. Until it has imported its libraries
# and served a first call, a function takes half of what it does afterwards. That is
# over in a few seconds, and on a busy machine in many: no fewer in a short life.
_SETTING_UP = 15
# With fewer looks after those, a life says nothing of growth.
_SHORTEST_SETTLED = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a process took: the most, and how its longest life grew."""

    most: float
    growth: float | None


@dataclass(slots=True)
class Sampler:
    """Resident memory in MiB by process; a function that is restarted lives again."""

    cloud: RunningCloud
    lives: dict[str, dict[int, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def sample(self) -> None:
        """Look once."""
        leaders = {"local cloud": self.cloud.process.pid}
        for name, told in self.cloud.status()["functions"].items():
            if told["pid"] and told["url"]:
                leaders[name] = told["pid"]
        for name, pid in leaders.items():
            alone = name == "local cloud"
            try:
                mib = _resident_mib(pid, alone=alone)
            except psutil.Error:
                continue  # it was killed meanwhile
            self.lives[name][pid].append(mib)

    def now(self) -> dict[str, float]:
        """What each took when it was last looked at."""
        return {
            name: list(lives.values())[-1][-1] for name, lives in self.lives.items()
        }

    def told(self) -> dict[str, Memory]:
        """What each took, all in all."""
        return {
            name: memory_of(list(each.values())) for name, each in self.lives.items()
        }


def memory_of(lives: list[list[float]]) -> Memory:
    """The most of all lives, and the growth of the longest once it was set up."""
    settled = max(lives, key=len)[_SETTING_UP:]
    growth = None
    if len(settled) >= _SHORTEST_SETTLED:
        third = len(settled) // 3
        last, first = settled[-third:], settled[:third]
        growth = statistics.median(last) - statistics.median(first)
    return Memory(most=max(max(life) for life in lives), growth=growth)


def wrongs(told: dict[str, Memory]) -> list[str]:
    """What took or grew more than it may."""
    found = []
    for name, memory in told.items():
        if memory.most > MOST_MIB[name]:
            most = f"{memory.most:.0f} MiB, and may take {MOST_MIB[name]}"
            found.append(f"{name} took {most}")
        if (memory.growth or 0) > MOST_GROWTH_MIB[name]:
            most = f"{memory.growth:.0f} MiB, and may grow by {MOST_GROWTH_MIB[name]}"
            found.append(f"{name} grew by {most}")
    return found


def _resident_mib(pid: int, *, alone: bool) -> float:
    process = psutil.Process(pid)
    processes = [process] if alone else [process, *process.children(recursive=True)]
    return sum(each.memory_info().rss for each in processes) / 1024 / 1024
