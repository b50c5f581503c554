"""
An upload through the door: how fast beside a plain copy over loopback, and beside a
server behind the same door that throws the bytes away.

    python -m benchmarks.uploads [--megabytes 1000] [--rounds 3]

`server` and `client` are the processor time that each side took: it stays the same on
a machine that is busy with other things, where the speed does not.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.process_memory import peak_mib, reset_peaks
from tests.running_cloud import DROPBATCH, RunningCloud, running_cloud

_BUCKET = "uploads-bench"
_URL = f"https://storage.googleapis.com/upload/storage/v1/b/{_BUCKET}/o"
_PYTHON = """
import sys
from google.cloud import storage
file, name, chunk = sys.argv[1:]
blob = storage.Client().bucket("uploads-bench").blob(name)
blob.chunk_size = int(chunk) or None
blob.upload_from_filename(file, timeout=600)
"""
_CREATE = """
from google.cloud import storage
client = storage.Client()
bucket = client.bucket("uploads-bench")
bucket.soft_delete_policy.retention_duration_seconds = 0
client.create_bucket(bucket)
print("null")
"""
_CHUNK = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way for the bytes to go; `pid` is who takes them."""

    name: str
    run: Callable[[], object]
    pid: int


def loopback(file: Path) -> None:
    """Copy the file over a loopback connection, with nothing in between."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drain() -> None:
            taken, _ = listening.accept()
            with taken:
                while taken.recv(1 << 20):
                    pass

        drainer = threading.Thread(target=drain)
        drainer.start()
        with (
            socket.create_connection(listening.getsockname()) as out,
            file.open("rb") as source,
        ):
            while data := source.read(1 << 20):
                out.sendall(data)
        drainer.join()


@contextlib.contextmanager
def sink(folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """A door with nothing behind it: its process, and the way to it."""
    folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.upload_sink", str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        yield (
            process.pid,
            {
                **os.environ,
                "HTTPS_PROXY": f"http://127.0.0.1:{port}",
                "CURL_CA_BUNDLE": str(folder / "ca.pem"),
            },
        )
        process.communicate("")


def curl(file: Path, url: str, environment: dict[str, str], token: str) -> None:
    """Send the file as a media upload."""
    subprocess.run(
        [
            *("curl", "--silent", "--show-error", "--fail", "--output", os.devnull),
            *("-X", "POST", "-H", f"Authorization: Bearer {token}"),
            *("-T", str(file), url),
        ],
        env=environment,
        check=True,
    )


def ways(
    cloud: RunningCloud, sunk: tuple[int, dict[str, str]], file: Path
) -> list[Way]:
    """All of them, the yardsticks first."""
    media = f"{_URL}?uploadType=media&name=curl"
    server = cloud.process.pid
    token = cloud.run(DROPBATCH, "token", "--data", str(cloud.folder)).stdout.strip()

    def python(name: str, chunk: int) -> Callable[[], object]:
        return lambda: cloud.run(
            *(sys.executable, "-c", _PYTHON, str(file), name, str(chunk)), timeout=600
        ).check_returncode()

    return [
        Way(name="loopback, no TLS", run=lambda: loopback(file), pid=os.getpid()),
        Way(
            name="curl to a sink",
            run=lambda: curl(file, media, sunk[1], token),
            pid=sunk[0],
        ),
        Way(
            name="curl, media",
            run=lambda: curl(file, media, cloud.environment, token),
            pid=server,
        ),
        Way(name="Python, one request", run=python("whole", 0), pid=server),
        Way(name="Python, 32 MiB chunks", run=python("chunks", _CHUNK), pid=server),
    ]


def measure(way: Way, size: int) -> tuple[float, float, float, float]:
    """Speed in MB/s, processor seconds for 1 GB (server, client), server's peak MiB."""
    server = psutil.Process(way.pid)
    reset_peaks(way.pid)
    before, children, began = server.cpu_times(), os.times(), time.monotonic()
    way.run()
    took, after, ended = time.monotonic() - began, server.cpu_times(), os.times()
    busy = after.user + after.system - before.user - before.system
    client = sum(ended[2:4]) - sum(children[2:4])
    gigabytes = size / 1e9
    return (
        size / took / 1e6,
        busy / gigabytes,
        client / gigabytes,
        peak_mib(way.pid),
    )


def main() -> None:
    """Print the best of some rounds, and its ratio to the two yardsticks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    size = given.megabytes * 1_000_000
    with tempfile.TemporaryDirectory(prefix="dropbatch-bench-") as name:
        folder = Path(name)
        file = folder / "file"
        with file.open("wb") as out:
            for _ in range(given.megabytes):
                out.write(os.urandom(1_000_000))
        with (
            running_cloud(folder / "data", "--bare") as cloud,
            sink(folder / "sink") as sunk,
        ):
            cloud.python(_CREATE)
            yardsticks: list[float] = []
            for way in ways(cloud, sunk, file):
                best = max(measure(way, size) for _ in range(given.rounds))
                yardsticks = [*yardsticks, best[0]][:2]
                ratios = "  ".join(
                    f"{best[0] / other:>4.2f} x {what}"
                    for other, what in zip(
                        yardsticks, ("loopback", "sink"), strict=False
                    )
                )
                print(
                    f"{way.name:<24} {best[0]:>6.0f} MB/s  server {best[1]:>4.1f} s/GB"
                    f"  client {best[2]:>4.1f} s/GB  {best[3]:>4.0f} MiB  {ratios}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
