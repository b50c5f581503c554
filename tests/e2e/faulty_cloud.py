"""
A cloud's faults, as a user sets and sees them.
"""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import requests

from localcloud.cli.main import main
from tests.running_cloud import RunningCloud


def ask(cloud: RunningCloud, method: str, url: str, **more: Any) -> requests.Response:
    """
    A request through the door.
    """
    variables = cloud.told["variables"]
    return requests.request(
        method,
        url,
        headers={"Authorization": cloud.bearer},
        proxies={"https": variables["HTTPS_PROXY"]},
        verify=variables["REQUESTS_CA_BUNDLE"],
        timeout=30,
        **more,
    )


def jobs(cloud: RunningCloud) -> str:
    location = f"projects/{cloud.told['project']}/locations/us-central1"
    host = "us-central1-aiplatform.googleapis.com"
    return f"https://{host}/v1/{location}/batchPredictionJobs"


def batch(bucket: str) -> dict[str, Any]:
    """
    A create's body.
    """
    return {
        "displayName": "a job",
        "model": "publishers/google/models/gemini-2.5-flash",
        "inputConfig": {
            "instancesFormat": "jsonl",
            "gcsSource": {"uris": [f"gs://{bucket}/in.jsonl"]},
        },
        "outputConfig": {
            "predictionsFormat": "jsonl",
            "gcsDestination": {"outputUriPrefix": f"gs://{bucket}/out"},
        },
    }


@dataclass(frozen=True, kw_only=True)
class Done:
    stdout: str
    stderr: str


def command(*arguments: str, code: int) -> Done:
    """
    Run the command here, which is quicker than in a process of its own.
    """
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            ended: Any = main(arguments)
        except SystemExit as end:
            ended = end.code
    assert ended == code, err.getvalue()
    return Done(stdout=out.getvalue(), stderr=err.getvalue())


def dropbatch(cloud: RunningCloud, *arguments: str, code: int = 0) -> Done:
    return command(*arguments, "--data", str(cloud.folder), code=code)


def injected(cloud: RunningCloud) -> list[dict[str, Any]]:
    told = json.loads(dropbatch(cloud, "faults", "injected", "--json").stdout)
    found: list[dict[str, Any]] = told["injected"]
    return found
