"""
The archive that is deployed, unpacked in an empty folder, with what it lists
installed and nothing else: each handler is served from there.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from localcloud.pipeline.deployment import Deployment
from localcloud.pipeline.source_archive import build, unpack
from shared.drops import FINALIZED
from tests.e2e.pipeline import pipeline
from tests.needs import lack
from tests.running_cloud import RunningCloud, at_the_door, wait_until

ROOT = Path(__file__).parents[2]
# Filled by `make test`, since a test talks to nobody but this machine.
WHEELS = Path(sys.prefix) / "wheels"
# The weight of a package's import falls on every cold start: G16 of the goals.
NEVER_IMPORTED = (
    "google.cloud.aiplatform",
    "google.genai",
    "pydantic",
    "vertexai",
    "google.cloud.aiplatform_v1.services.dataset_service",
    "google.cloud.aiplatform_v1beta1",
    "aiohttp",
    "localcloud",
    "tests",
)
MOST_MODULES = 1_050
MOST_MIB = 90
_IMPORTS = """
import functions_framework, main
import shared.adapters.pubsub_announcements, shared.adapters.storage_objects
from shared.adapters.job_service import job_service
job_service()
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The unpacked source, and the environment that it is run in."""
    if not WHEELS.is_dir():
        lack("no wheels to install from: make .venv/wheels fetches them")
    folder = tmp_path_factory.mktemp("deployed")
    source = unpack(build(ROOT), folder / "source")
    environment = folder / "venv"
    uv = [sys.executable, "-m", "uv", "--offline", "--no-config", "--quiet"]
    python = ["--python", sys.executable]
    run(*uv, "venv", *python, str(environment))
    run(
        *uv,
        *("pip", "install", "--no-index", "--find-links", str(WHEELS)),
        *("--require-hashes", "--python", str(environment)),
        *("-r", str(source / "requirements.txt")),
    )
    # Compiled once, as in an image that is built: it takes memory, which is measured.
    # Of all that is installed a function imports a tenth.
    run(str(environment / "bin" / "python"), "-c", _IMPORTS, folder=source)
    return source, environment


def run(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def behind_door(cloud: RunningCloud) -> dict[str, str]:
    variables: dict[str, str] = cloud.told["variables"]
    return {**variables, **Deployment().settings(), "PATH": "/usr/bin:/bin"}


@contextmanager
def served(
    deployed: tuple[Path, Path], function: str, signature: str, env: dict[str, str]
) -> Iterator[str]:
    source, environment = deployed
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(environment / "bin" / "functions-framework")]
    command += ["--target", function, "--signature-type", signature]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        command,
        cwd=source,
        env={**env, "THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}/"

            def answers() -> bool:
                assert process.poll() is None, process.stdout
                with suppress(requests.ConnectionError):
                    # A name that the framework answers without the handler.
                    return requests.get(f"{url}robots.txt", timeout=5) is not None
                return False

            wait_until(answers)
            yield url
        finally:
            process.terminate()


def event(name: str, bucket: str, generation: int = 1, size: int = 9) -> dict[str, Any]:
    return {
        "bucket": bucket,
        "name": name,
        "generation": str(generation),
        "size": str(size),
        "timeCreated": "2026-11-23T12:00:00Z",
    }


HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "1",
    "ce-source": "//storage.googleapis.com/projects/_/buckets/b",
    "ce-type": FINALIZED,
}


def test_submit_job_is_served_from_the_archive(
    deployed: tuple[Path, Path], cloud: RunningCloud
) -> None:
    env = behind_door(cloud)
    with served(deployed, "submit_job", "cloudevent", env) as url:
        ignored = event("demo/notes.txt", cloud.told["inbox"])
        assert requests.post(url, headers=HEADERS, json=ignored, timeout=30).ok


def test_poll_jobs_is_served_from_the_archive(
    deployed: tuple[Path, Path], cloud: RunningCloud
) -> None:
    with served(deployed, "poll_jobs", "http", behind_door(cloud)) as url:
        answer = requests.post(url, timeout=30)

    assert answer.status_code == 200
    assert set(answer.json()) == {
        "open",
        "moved",
        "failed",
        "left",
        "seconds",
    }


_SERVE = """
import json, pathlib, resource, sys
import functions_framework

function, headers, body = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
client = functions_framework.create_app(function, "main.py").test_client()
answer = client.post("/", headers=headers, json=body)
import shared
if sys.platform == "linux":
    # Of this program alone: getrusage counts what it was forked from, too.
    status = pathlib.Path("/proc/self/status").read_text()
    mib = int(status.split("VmHWM:")[1].split()[0]) / 1024
else:
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
print(json.dumps({
    "status": answer.status_code,
    "modules": sorted(sys.modules),
    "shared": shared.__file__,
    "mib": mib,
}))
"""


@pytest.mark.parametrize("function", ["submit_job", "poll_jobs"])
def test_a_served_function_never_imports_what_it_does_not_need(
    deployed: tuple[Path, Path], cloud: RunningCloud, function: str
) -> None:
    """After real work: a drop that was staged and submitted, or a tick that saw it."""
    source, environment = deployed
    with at_the_door(cloud), pipeline(cloud) as running:
        # A drop that the deployed handler, not the cloud's own, shall take.
        running.disturb(delay_seconds=[20, 20])
        drop = running.drop(
            f"demo/{function}.jsonl",
            b'{"request":{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}}\n',
        )
        body = event(drop.name, drop.bucket, drop.generation, drop.size)
        done = subprocess.run(
            [
                *(str(environment / "bin" / "python"), "-c", _SERVE, function),
                *(json.dumps(HEADERS), json.dumps(body)),
            ],
            cwd=source,
            env=behind_door(cloud),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        running.disturb()
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["status"] == 200
    assert told["shared"].startswith(str(source))
    if function == "submit_job":
        assert '"event": "submitted"' in done.stdout
        assert len(told["modules"]) <= MOST_MODULES
        assert told["mib"] <= MOST_MIB
        assert not any(m.startswith("google.cloud.pubsub") for m in told["modules"])
    for module in told["modules"]:
        for never in NEVER_IMPORTED:
            assert module != never, module
            assert not module.startswith(f"{never}."), module
