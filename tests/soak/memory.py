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
# A life shorter than this, once it is set up, says nothing of growth.
_SHORTEST_LIFE = 15
# Of that, while its pools fill.
_WARMING_UP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a process took: the most, and how its longest life grew."""

    most: float
    growth: float | None


@dataclass(slots=True)
class Life:
    """
    What a process took at each look. Until it has imported its libraries and served a
    first call, a function takes half of what it does afterwards, for a second or, on a
    busy machine, many: it is set up once it has logged a line.
    """

    logged: int
    looks: list[float] = field(default_factory=list)
    setting_up: int = 0

    def look(self, mib: float, logged: int) -> None:
        """Take what it took now, and how long its log is."""
        self.looks.append(mib)
        if logged <= self.logged:
            self.setting_up = len(self.looks)

    @property
    def settled(self) -> list[float]:
        """The looks since it is set up."""
        return self.looks[self.setting_up :]


@dataclass(slots=True)
class Sampler:
    """Resident memory in MiB by process; a function that is restarted lives again."""

    cloud: RunningCloud
    lives: dict[str, dict[int, Life]] = field(default_factory=lambda: defaultdict(dict))

    def sample(self) -> None:
        """Look once."""
        leaders = {"local cloud": self.cloud.process.pid}
        for name, told in self.cloud.status()["functions"].items():
            if told["pid"] and told["url"]:
                leaders[name] = told["pid"]
        for name, pid in leaders.items():
            alone = name == "local cloud"
            logged = 0 if alone else self._logged(name)
            try:
                mib = _resident_mib(pid, alone=alone)
            except psutil.Error:
                continue  # it was killed meanwhile
            # The local cloud answered before it was first looked at.
            life = self.lives[name].setdefault(pid, Life(-1 if alone else logged))
            life.look(mib, logged)

    def _logged(self, name: str) -> int:
        return (self.cloud.folder / "logs" / f"{name}.log").stat().st_size

    def now(self) -> dict[str, float]:
        """What each took when it was last looked at."""
        return {
            name: list(lives.values())[-1].looks[-1]
            for name, lives in self.lives.items()
        }

    def told(self) -> dict[str, Memory]:
        """What each took, all in all."""
        return {
            name: memory_of(list(each.values())) for name, each in self.lives.items()
        }


def memory_of(lives: list[Life]) -> Memory:
    """The most of all lives, and the growth of the longest once it was set up."""
    longest = max((life.settled for life in lives), key=len)
    growth = None
    if len(longest) >= _SHORTEST_LIFE:
        settled = longest[int(len(longest) * _WARMING_UP) :]
        third = len(settled) // 3
        last, first = settled[-third:], settled[:third]
        growth = statistics.median(last) - statistics.median(first)
    return Memory(most=max(max(life.looks) for life in lives), growth=growth)


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
