"""
Mutated lines against the check: nothing but a verdict comes out, each problem is placed
and worded, nothing of the content is told, and a second opinion agrees.

    python -m tests.corpus.fuzzing --rows 1000000 --seed 7
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence

from shared.problems import Code
from shared.verdicts import Verdict
from tests import on_demand
from tests.canary import CANARY
from tests.contents import check
from tests.corpus.mutating import mutated_lines
from tests.corpus.oracle import Wrong, expect_runs

# What a sentence that says how to mend it begins with, after what is wrong.
MENDING = re.compile(
    r": (drop|encode|flatten|give|is it .* Upload|keep|leave|name|put|remove|rename|"
    r"save|say|send|split|upload|write) "
)
_PATH = re.compile(r"(\$(\.[A-Za-z_][A-Za-z0-9_]{0,299}|\[\])*)?")
_AT_ONCE = 10_000


def fuzz(seed: int, count: int) -> Counter[str]:
    """Check so many mutated lines; return how many came to what."""
    found: Counter[str] = Counter()
    for number, line in enumerate(mutated_lines(seed, count)):
        try:
            verdict = check(line, step=1 + number * 31 % 997)
            _expect_sense(verdict, line)
            _expect_agreement(verdict, line)
        except Exception as error:
            raise AssertionError(f"line {number} of seed {seed}: {line!r}") from error
        found[verdict.problems[0].code if verdict.problems else "accepted"] += 1
    return found


def _expect_sense(verdict: Verdict, content: bytes) -> None:
    assert CANARY not in repr(verdict)
    assert len(verdict.problems) == min(verdict.problem_count, 100)
    starts = [0, *(m.end() for m in re.finditer(b"\n", content))]
    for problem in verdict.problems:
        assert problem.code in Code
        assert MENDING.search(problem.message), problem
        assert _PATH.fullmatch(problem.path), problem
        if problem.line == 0:
            assert (problem.code, problem.offset) == (Code.EMPTY_FILE, 0)
            continue
        start = starts[problem.line - 1]
        end = starts[problem.line] if problem.line < len(starts) else len(content)
        assert start <= problem.offset <= end, problem


def _expect_agreement(verdict: Verdict, content: bytes) -> None:
    wrong = ""
    try:
        expect_runs(content)
    except Wrong as error:
        wrong = str(error)
    assert bool(wrong) is bool(verdict.problems), (wrong, verdict.problems)


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzz on every core, print what came of it; 1 at the first line that broke out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=on_demand.count, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(argv)
    started, found = time.monotonic(), Counter[str]()
    rounds = range(-(-given.rows // _AT_ONCE))
    with on_demand.a_process_a_core() as pool:
        # Each round has a seed of its own: the first one's is what was given.
        asked = [pool.submit(fuzz, given.seed + 1_000 * n, _AT_ONCE) for n in rounds]
        for done in asked:
            if error := done.exception():
                pool.shutdown(cancel_futures=True)
                print(f"BROKEN: {error}: {error.__cause__!r}")
                return 1
            found += done.result()
    for what, count in found.most_common():
        print(f"{count:>9,}  {what}")
    never = ", ".join(sorted(set(Code) - found.keys())) or "-"
    seconds = time.monotonic() - started
    print(f"{found.total():>9,}  lines in {seconds:.0f} s; no mutation made: {never}")
    print("nothing but verdicts came out, and the second opinion had the same")
    return 0


if __name__ == "__main__":
    sys.exit(on_demand.ended(main))
