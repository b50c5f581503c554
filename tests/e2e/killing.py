"""
Functions killed at random moments while drops come in: none is lost, and none
is billed twice.

    python -m tests.e2e.killing --kills 200 --seed 7
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.drops import Drop
from tests import on_demand
from tests.e2e.pipeline import Pipeline, pipeline
from tests.running_cloud import RunningCloud, at_the_door, running_cloud, wait_until

# A kill may leave a create of unknown outcome, which takes the create's deadline
# and the settling time, and then the whole life of a job.
_QUIET_SECONDS = 120
_ROW = b'{"request":{"contents":[{"role":"user","parts":[{"text":"Say %d"}]}]}}\n'


@dataclass(kw_only=True)
class Toll:
    """What was done, and what came of it."""

    kills: dict[str, int] = field(default_factory=dict)
    drops: list[Drop] = field(default_factory=list)
    jobs: int = 0
    messages: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {count}" for name, count in self.kills.items())
        return (
            f"killed: {killed}; drops: {len(self.drops)}; jobs: {self.jobs}; "
            f"messages: {self.messages} ({self.messages - len(self.drops)} repeats); "
            f"outcomes: {self.outcomes}"
        )


def kill_and_count(running: Pipeline, *, kills: int, seed: int) -> Toll:
    """
    Kill a function's whole process group so many times, each while a drop is on
    its way; then wait for every message.

    Raises AssertionError if a drop has no message within its time, more or less
    than one job, or messages that differ in a byte.
    """
    chance = random.Random(seed)  # to be repeated, not to be secret
    toll = Toll()
    for number in range(kills):
        name = f"demo/kill {seed} {number}.jsonl"
        toll.drops.append(running.drop(name, _ROW % number))
        function = chance.choice(("submit_job", "poll_jobs"))
        time.sleep(chance.uniform(0, 1))
        signal_function(running.cloud, function, signal.SIGKILL)
        toll.kills[function] = toll.kills.get(function, 0) + 1
    for drop in toll.drops:
        running.messages(drop, seconds=_QUIET_SECONDS)
    for drop in toll.drops:
        running.until_closed(drop, seconds=_QUIET_SECONDS)
        messages = running.messages(drop)
        jobs = running.jobs(drop)
        assert len(jobs) == 1, f"{len(jobs)} jobs for {drop}"
        assert len({m["data"] for m in messages}) == 1, f"messages differ for {drop}"
        assert len({m["attributes"]["ce-id"] for m in messages}) == 1
        outcome = messages[0]["said"]["outcome"]
        toll.outcomes[outcome] = toll.outcomes.get(outcome, 0) + 1
        toll.jobs += len(jobs)
        toll.messages += len(messages)
    assert toll.outcomes == {"completed": kills}
    return toll


def signal_function(cloud: RunningCloud, function: str, number: signal.Signals) -> None:
    """Send a signal to a function's whole process group, once it is served."""

    def is_sent() -> bool:
        told = cloud.status()["functions"][function]
        if not (told["url"] and told["pid"]):
            return False
        try:
            os.killpg(told["pid"], number)
        except ProcessLookupError:
            # It has died of the signal before, and is served again.
            return False
        return True

    wait_until(is_sent)


def main(argv: Sequence[str] | None = None) -> int:
    """Kill on a local cloud of its own, and print the toll."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=on_demand.count, default=200)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory(prefix="dropbatch-kill-") as folder,
        running_cloud(Path(folder) / "data", "--speed", "5") as cloud,
        at_the_door(cloud),
        pipeline(cloud) as running,
    ):
        began = time.monotonic()
        toll = kill_and_count(running, kills=given.kills, seed=given.seed)
        sys.stdout.write(f"{toll}; {time.monotonic() - began:.0f} s\n")
        sys.stdout.write("no drop lost, none with two jobs, none told of differently\n")
    return 0


if __name__ == "__main__":
    sys.exit(on_demand.ended(main))
