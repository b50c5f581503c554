"""
Mistakes planted in the real code, one at a time: those of the protocol that were shown
to break it, and every two adjacent effects swapped that do not commute and that a run
shows (`mistakes/effects.py` has all of them).

`python -m tests.properties.mutants NAME` runs the enumerations on a copy of the code
with that mistake in it, and ends with 0 when a promise was broken.
"""

import os
import subprocess
import sys

from tests.properties.mistakes.mutant import Mutant, planted
from tests.properties.mistakes.planted import PLANTED
from tests.properties.mistakes.swapped_at_the_end import AT_THE_END
from tests.properties.mistakes.swapped_in_polls import IN_POLLS
from tests.properties.mistakes.swapped_on_the_way_in import WAY_IN

_PYTEST = ("pytest", "-q", "--noconftest", "--tb=line", "-p", "no:cacheprovider")

SWAPPED = {**WAY_IN, **IN_POLLS, **AT_THE_END}
MUTANTS = {**PLANTED, **SWAPPED}


def is_caught(mutant: Mutant) -> str:
    """
    Run what is to show this mistake on a copy of the code with it; return what broke
    first, or nothing.
    """
    with planted(mutant) as root:
        command = _test(mutant) if mutant.test else _enumerations(mutant)
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode not in (0, 1) or done.stderr:
            raise RuntimeError(f"this mistake makes no program: {done.stderr}")
        return done.stdout.strip() if done.returncode else ""


def _enumerations(mutant: Mutant) -> list[str]:
    return ["tests.properties.breaking", mutant.story, mutant.start]


def _test(mutant: Mutant) -> list[str]:
    return [*_PYTEST, mutant.test]


def main() -> int:
    """Plant the mistake that is named, or each."""
    names = sys.argv[1:] or list(MUTANTS)
    missed = 0
    for name in names:
        broke = is_caught(MUTANTS[name])
        print(f"{name}: {broke.splitlines()[-1][:100] if broke else 'NOT CAUGHT'}")
        missed += not broke
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
