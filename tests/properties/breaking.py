"""
The quick enumerations to the first broken promise, which it prints and ends with 1:
those of the story and the start state that are named before all others.
"""

import sys

from tests.properties.enumerating import BrokenPromiseError, run, singles
from tests.properties.interleaving import CASES, BrokenScheduleError, explore
from tests.properties.stories import STORIES


def main() -> int:
    """Look at what is quick first."""
    story, start, *_ = (*sys.argv[1:], "", "")
    try:
        if story:
            _single_mishaps(story)
        for sleeps in (0, 1):
            _schedules(start, sleeps=sleeps)
        for each in STORIES:
            run(each, {})
        _schedules(sleeps=0)
        for each in STORIES:
            _single_mishaps(each)
        _schedules(sleeps=1)
    except (BrokenPromiseError, BrokenScheduleError) as error:
        print(error)
        return 1
    return 0


def _single_mishaps(story: str) -> None:
    for mishaps in singles(run(story, {}).calls):
        run(story, mishaps)


def _schedules(start: str | None = None, *, sleeps: int) -> None:
    """From every start state, or from this one."""
    for each, pair in CASES:
        if start in (None, each):
            explore(each, pair, sleeps=sleeps)


if __name__ == "__main__":
    sys.exit(main())
