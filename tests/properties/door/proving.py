"""
Proves a part of all runs with one mishap, in a process of its own:

    python -m tests.properties.door.proving [--story NAME ...] [--part 1/2]
    python -m tests.properties.door.proving --story NAME ... --draw 40 --seed 7

Prints how many runs there were, of how many; ends with 1, and what broke, at the first
broken promise.
"""

import argparse
import json
import logging
import os
import random
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.properties.door.running import door_cloud
from tests.properties.door.runs import Runs, Single
from tests.properties.enumerating import BrokenPromiseError
from tests.properties.stories import STORIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """
    How many runs kept every promise, of how many that there are; and what `broke`.
    """

    runs: int
    singles: int
    broke: str = ""


def proved(
    *arguments: str, root: Path | None = None, timeout: float | None = None
) -> Proved:
    """
    What a process found that was given these, with the code that lies in `root`. Raises
    BrokenPromiseError.
    """
    paths = {"PYTHONPATH": str(root)} if root else {}
    done = subprocess.run(
        [sys.executable, "-m", "tests.properties.door.proving", *arguments],
        cwd=root,
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    try:
        found = Proved(**json.loads(done.stdout))
    except ValueError:
        raise RuntimeError(f"nothing was proved: {done.stderr}") from None
    if found.broke:
        raise BrokenPromiseError(found.broke)
    return found


def main() -> int:
    """Prove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--story", action="append", choices=list(STORIES))
    parser.add_argument("--call", default="")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--draw", type=int, default=None)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    # A connection that is cut on purpose is told as an error of the server's.
    logging.disable()
    with door_cloud() as cloud:
        found = _prove(Runs(cloud), given)
    print(json.dumps(asdict(found)))
    return 1 if found.broke else 0


def _prove(runs: Runs, given: argparse.Namespace) -> Proved:
    singles: list[Single] = []
    done = 0
    try:
        for story in given.story or STORIES:
            singles += runs.singles(story, given.call)
        part, _, parts = given.part.partition("/")
        chosen = singles[int(part) - 1 :: int(parts)]
        if given.draw is not None:
            chosen = random.Random(given.seed).sample(chosen, given.draw)
        for single in chosen:
            runs.prove(single)
            done += 1
    except BrokenPromiseError as error:
        return Proved(runs=done, singles=len(singles), broke=str(error))
    return Proved(runs=done, singles=len(singles))


if __name__ == "__main__":
    sys.exit(main())
