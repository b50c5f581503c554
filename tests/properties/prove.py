"""
All pairs of two mishaps in one run, for every story: `make prove`.

Prints how many runs there were; ends with 1 at the first broken promise.
"""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.properties.enumerating import BrokenPromiseError, run, singles
from tests.properties.stories import STORIES


def pairs_after(story: str, first: int, which: int) -> int:
    """
    Run a story with the `which`-th mishap of its `first` call, and with each second
    one after it; return how many runs that were.
    """
    begun = list(singles(run(story, {}).calls[: first + 1], since=first))[which]
    calls = run(story, begun).calls
    runs = 1
    for second in singles(calls, since=first + 1):
        run(story, {**begun, **second})
        runs += 1
    return runs


def main() -> int:
    """Prove all pairs, on every core."""
    started, total = time.monotonic(), 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for story in STORIES:
            calls = run(story, {}).calls
            work = [
                pool.submit(pairs_after, story, number, which)
                for number in range(len(calls))
                for which, _ in enumerate(singles(calls[: number + 1], since=number))
            ]
            runs = 0
            for done in as_completed(work):
                try:
                    runs += done.result()
                except BrokenPromiseError as error:
                    pool.shutdown(cancel_futures=True)
                    print(f"BROKEN: {error}")
                    return 1
            total += runs
            seconds = time.monotonic() - started
            print(f"{story}: {runs} runs with two mishaps, {seconds:.0f} s so far")
    print(f"{total} runs, no promise broken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
