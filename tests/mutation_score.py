"""
What `make mutation` has found: how many of the mistakes that were planted in each module
a test noticed, and each that none did.
"""

import subprocess
import sys
from collections import Counter

_MUTMUT = ".venv/mutation/bin/mutmut"
# One that goes on for ever is noticed too.
_NOTICED = ("killed", "timeout")


def main() -> int:
    """Print a line for each module, and what was planted unnoticed."""
    planted, noticed, left = Counter[str](), Counter[str](), []
    for line in _said("results", "--all", "true").splitlines():
        name, _, status = line.strip().rpartition(": ")
        module = ".".join(name.split(".")[:2])
        planted[module] += 1
        if status in _NOTICED:
            noticed[module] += 1
        else:
            left.append(name)
    for name in left:
        print(_said("show", name))
    for module, count in sorted(planted.items()):
        print(f"{module:25} {noticed[module]:5} of {count:5}")
    print(f"{'all':25} {noticed.total():5} of {planted.total():5}")
    return 0


def _said(*words: str) -> str:
    ran = subprocess.run(  # noqa: S603  # words of ours
        [_MUTMUT, *words], check=True, capture_output=True, text=True
    )
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())
