"""
What a drop costs in calls, counted on the real use cases over the fakes of the tests.

    python -m benchmarks.calls

A call through a port is one request of the client library, but for a list, which is one
a page, and for what a client repeats. `docs/costs.md` multiplies these numbers.
"""

import contextlib
import io
from collections import Counter
from collections.abc import Callable

from tests.fakes import ROW, FakeCloud

# How Cloud Storage bills what a port's verb asks for
# (https://cloud.google.com/storage/pricing#operations-by-class).
CLASSES = {
    "objects.list": "class A",
    "objects.versions": "class A",
    "objects.write": "class A",
    "objects.annotate": "class A",
    "objects.copy": "class A",
    "objects.read": "class B",
    "objects.stream": "class B",
    "objects.info": "class B",
    "objects.delete": "free",
}

PHASES = (
    "idle tick",
    "idle look at the inbox",
    "submit",
    "running tick",
    "last tick",
    "whole drop",
)


def phases() -> dict[str, Counter[str]]:
    """
    The calls of one drop by phase, each "verb bucket"; of a drop that nothing befalls.

    The whole drop leaves out what a tick does anyway, whether or not a drop is open.
    """
    cloud = FakeCloud()
    counted: dict[str, Counter[str]] = {}

    def count(phase: str, act: Callable[[], object]) -> None:
        cloud.faults.calls.clear()
        with contextlib.redirect_stdout(io.StringIO()):
            act()
        counted[phase] = Counter(cloud.faults.calls)

    count("idle tick", cloud.poll)
    count("idle look at the inbox", cloud.look_at_inbox)
    drop = cloud.drop(ROW)
    count("submit", lambda: cloud.submit(drop))
    count("running tick", cloud.poll)
    cloud.batches.finish()
    count("last tick", cloud.poll)
    counted["whole drop"] = (
        counted["submit"] + counted["last tick"] - counted["idle tick"]
    )
    return counted


def by_class(calls: Counter[str]) -> Counter[str]:
    """
    The same by what is billed: "class A", "class B", "free", "vertex", "publish".
    """
    billed: Counter[str] = Counter()
    for call, times in calls.items():
        verb = call.partition(" ")[0]
        if verb.startswith("batches."):
            billed["vertex"] += times
        elif verb.startswith("announcements."):
            billed["publish"] += times
        else:
            billed[CLASSES[verb]] += times
    return billed


if __name__ == "__main__":
    for phase, calls in phases().items():
        billed = ", ".join(f"{n} {name}" for name, n in by_class(calls).items())
        print(f"{phase}: {billed}")
        for call, times in sorted(calls.items()):
            print(f"  {times} x {call}")
