"""What polls draw by lot, given, so that each order of a tick can be had."""

import contextlib
from collections.abc import Iterator
from unittest import mock


@contextlib.contextmanager
def drawing(number: float) -> Iterator[None]:
    """
    Have polls draw this in each tick: with 1 their steps come in order, and drops by
    age; with 0 the last step comes first, and no turn of drops before another.
    """

    def lot(*_: object) -> float:
        return number

    with contextlib.ExitStack() as stack:
        for module in ("turns", "polling", "queues"):
            stack.enter_context(mock.patch(f"shared.{module}.lot", lot))
        yield
