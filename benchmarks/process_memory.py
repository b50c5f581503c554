"""The peak memory of a running function, summed over its process tree (Linux)."""

from pathlib import Path

import psutil


def reset_peaks(leader: int) -> None:
    """Begin anew to remember the peak of each process of a tree."""
    for process in _tree(leader):
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def peak_mib(leader: int) -> float:
    """
    The sum of the peaks of each process of a tree, in MiB: at least as much as
    the tree ever held at once.
    """
    return sum(_peak_kib(process.pid) for process in _tree(leader)) / 1024


def _tree(leader: int) -> list[psutil.Process]:
    master = psutil.Process(leader)
    return [master, *master.children(recursive=True)]


def _peak_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise LookupError(f"no peak for process {pid}")
