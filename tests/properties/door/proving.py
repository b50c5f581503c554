"""
Proves a part of all runs with one mishap, in a process of its own:

    python -m tests.properties.door.proving [--story NAME ...] [--part 1/2]
    python -m tests.properties.door.proving --story NAME ... --draw 40 --seed 7

Prints how many runs there were, of how many; ends with 1 at the first broken promise.
"""

import argparse
import json
import logging
import random
import subprocess
import sys
from dataclasses import asdict, dataclass

from tests.properties.door.running import door_cloud
from tests.properties.door.runs import Runs
from tests.properties.enumerating import BrokenPromiseError
from tests.properties.stories import STORIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """How many runs kept every promise, and how many there are to draw from."""

    runs: int
    singles: int


def proved(*arguments: str, timeout: float | None = None) -> Proved:
    """
    What a process found that was given these. Raises BrokenPromiseError.
    """
    command = [sys.executable, "-m", "tests.properties.door.proving", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=timeout
    )
    if done.returncode:
        raise BrokenPromiseError(done.stderr or done.stdout)
    return Proved(**json.loads(done.stdout))


def main() -> int:
    """Prove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--story", action="append", choices=list(STORIES))
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--draw", type=int, default=None)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    part, _, parts = given.part.partition("/")
    # A connection that is cut on purpose is told as an error of the server's.
    logging.disable()
    with door_cloud() as cloud:
        runs = Runs(cloud)
        all_ = [
            single for story in given.story or STORIES for single in runs.singles(story)
        ]
        chosen = all_[int(part) - 1 :: int(parts)]
        if given.draw is not None:
            # The order of a draw is of no use, and of a story some is in memory.
            drawn = random.Random(given.seed).sample(range(len(all_)), given.draw)
            chosen = [all_[number] for number in sorted(drawn)]
        for single in chosen:
            try:
                runs.prove(single)
            except BrokenPromiseError as error:
                print(error, file=sys.stderr)
                return 1
    print(json.dumps(asdict(Proved(runs=len(chosen), singles=len(all_)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
