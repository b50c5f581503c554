"""
The quick enumerations, those of the story that is named first, to the first broken
promise: which it prints, and ends with 1.
"""

import sys

from tests.properties.enumerating import BrokenPromiseError, run, singles
from tests.properties.interleaving import CASES, BrokenScheduleError, explore
from tests.properties.stories import STORIES


def main() -> int:
    """Look at what is quick first."""
    try:
        for story in filter(None, sys.argv[1:]):
            for mishaps in singles(run(story, {}).calls):
                run(story, mishaps)
        plain = {story: run(story, {}) for story in STORIES}
        for start, pair in CASES:
            explore(start, pair)
        for story, ran in plain.items():
            for mishaps in singles(ran.calls):
                run(story, mishaps)
        for start, pair in CASES:
            explore(start, pair, sleeps=1)
    except (BrokenPromiseError, BrokenScheduleError) as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
