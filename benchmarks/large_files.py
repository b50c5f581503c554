"""
A drop of nearly 1 GB, and the legal files that take the most memory, through
the running functions: how long, and how much memory at the most.

    python -m benchmarks.large_files [--small]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.awkward_files import FILES, many_rows
from benchmarks.process_memory import peak_mib, reset_peaks
from tests.e2e.pipeline import Pipeline, pipeline
from tests.running_cloud import running_cloud

_SECONDS = 1_200
_LIMIT_MIB = 256


def measure(running: Pipeline, name: str, file: Path) -> bool:
    """Drop a file, print its figures; return whether memory stayed in bounds."""
    functions = running.cloud.status()["functions"]
    for function in functions.values():
        reset_peaks(function["pid"])
    began = time.monotonic()
    drop = running.drop_file(f"demo/{name}.jsonl", file)
    uploaded = time.monotonic()
    running.until_checked(drop, seconds=_SECONDS)
    checked = time.monotonic()
    said = running.message(drop, seconds=_SECONDS)
    ended = time.monotonic()
    peaks = {n: peak_mib(f["pid"]) for n, f in functions.items()}
    size = file.stat().st_size / 1e6
    print(
        f"{name:<28} {size:>7.1f} MB  {said['outcome']:<10} "
        f"upload {size / (uploaded - began):>6.1f} MB/s  "
        f"check {size / (checked - uploaded):>6.1f} MB/s  "
        f"in all {ended - began:>6.1f} s  "
        + "  ".join(f"{n} {peak:.0f} MiB" for n, peak in peaks.items()),
        flush=True,
    )
    return max(peaks.values()) < _LIMIT_MIB


def main() -> int:
    """Measure all of them; 1 if a function went over its memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="leave out the 1 GB file")
    given = parser.parse_args()
    files: dict[str, Callable[[], Iterator[bytes]]] = dict(FILES)
    files["200,000 rows, 40 MB"] = many_rows(40_000_000)
    if not given.small:
        files["200,000 rows, nearly 1 GB"] = many_rows(990_000_000)
    kept = True
    with (
        tempfile.TemporaryDirectory(prefix="dropbatch-bench-") as folder,
        running_cloud(Path(folder) / "data", "--speed", "5") as cloud,
        pipeline(cloud) as running,
    ):
        for name, pieces in files.items():
            file = Path(folder) / "file.jsonl"
            with file.open("wb") as out:
                out.writelines(pieces())
            kept = measure(running, name, file) and kept
    print(f"every function stayed under {_LIMIT_MIB} MiB: {'yes' if kept else 'NO'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
