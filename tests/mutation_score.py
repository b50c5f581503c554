"""
What `make mutation` has found: of the mistakes that were planted in each module, how
many a test noticed, how many ran out of time, and each that no test noticed.

On a busy machine one may run out of time that a test would notice.
"""

import subprocess
import sys
from collections import Counter, defaultdict

_MUTMUT = ".venv/mutation/bin/mutmut"


def main() -> int:
    """Print what was planted unnoticed, and a line for each module."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in _said("results", "--all", "true").splitlines():
        name, _, status = line.strip().rpartition(": ")
        found[".".join(name.split(".")[:2])][status] += 1
        if status not in ("killed", "timeout", "not checked"):
            print(_said("show", name))
    for module, counts in sorted(found.items()):
        print(_line(module, counts))
    print(_line("all", sum(found.values(), Counter())))
    return 0


def _line(module: str, counts: Counter[str]) -> str:
    said = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return f"{module:22} {counts.total():5}: {said}"


def _said(*words: str) -> str:
    ran = subprocess.run([_MUTMUT, *words], check=True, capture_output=True, text=True)
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())
