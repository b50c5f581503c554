"""
What the commands have in common that are run on demand (`make prove`, `fuzz`, `kill`,
`soak`): counts, a process for each core, and an end by Ctrl-C.
"""

import argparse
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

# As a shell has it of a program that SIGINT ended.
_INTERRUPTED = 130


def count(text: str) -> int:
    """
    A number of things to do, one at least.
    """
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no count: use 1 or more")
    return int(text)


@contextmanager
def a_process_a_core() -> Iterator[ProcessPoolExecutor]:
    """
    Processes to work in. They end with whoever asked for them, at once if that is by an
    error: what they are at may take minutes, and nobody waits for it any more.
    """
    pool = ProcessPoolExecutor(
        os.cpu_count(),
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield pool
    except BaseException:
        for each in multiprocessing.active_children():
            each.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def ended(command: Callable[[], int]) -> int:
    """
    Run a command to its end, or to Ctrl-C: then say so in a line, whatever broke off
    with it.
    """
    interrupted, ours = False, os.getpid()

    def interrupt(number: int, _: object) -> None:
        nonlocal interrupted
        if os.getpid() != ours:
            # A process for a core, begun a moment ago.
            os._exit(_INTERRUPTED)
        interrupted = True
        # A second one ends it as it is.
        signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        return command()
    except BaseException:
        if not interrupted:
            raise
        sys.stderr.write("\nstopped by Ctrl-C, and nothing is shown by it\n")
        return _INTERRUPTED
