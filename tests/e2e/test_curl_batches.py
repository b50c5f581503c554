"""
Batch jobs by curl, with the bodies that the documentation prints.
"""

import json
from pathlib import Path

import pytest

from tests import needs
from tests.running_cloud import RunningCloud

_ROW = {
    "key": "a",
    "request": {"contents": [{"role": "user", "parts": [{"text": "Say yes."}]}]},
}
_LINE = json.dumps(_ROW) + "\n"


def curl(cloud: RunningCloud, *arguments: str, given: str | None = None) -> str:
    done = cloud.run(
        *(needs.program("curl"), "-sS", "--fail-with-body", "--max-time", "30"),
        *("-H", f"Authorization: {cloud.bearer}", *arguments),
        given=given,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.mark.parametrize("uris", ["gs://curl-client/in.jsonl", None])
def test_curl_uploads_and_creates_a_job_with_the_documented_body(
    bare_cloud: RunningCloud, tmp_path: Path, uris: str | None
) -> None:
    """
    The documentation gives `uris` as a bare string; a list is right as well.
    """
    storage = "https://storage.googleapis.com"
    listed = curl(bare_cloud, f"{storage}/storage/v1/b?project=dropbatch-local")
    if '"curl-client"' not in listed:
        curl(
            bare_cloud,
            *("-H", "Content-Type: application/json", "-d", '{"name":"curl-client"}'),
            f"{storage}/storage/v1/b?project=dropbatch-local",
        )
    file = tmp_path / "in.jsonl"
    file.write_text(_LINE)
    uploaded = curl(
        bare_cloud,
        *("-X", "POST", "-T", str(file)),
        f"{storage}/upload/storage/v1/b/curl-client/o?uploadType=media&name=in.jsonl",
    )
    assert json.loads(uploaded)["size"] == str(len(_LINE))

    body = {
        "displayName": "my-batch-job",
        "model": "publishers/google/models/gemini-2.5-flash",
        "inputConfig": {
            "instancesFormat": "jsonl",
            "gcsSource": {"uris": uris or ["gs://curl-client/in.jsonl"]},
        },
        "outputConfig": {
            "predictionsFormat": "jsonl",
            "gcsDestination": {"outputUriPrefix": "gs://curl-client/out"},
        },
    }
    created = json.loads(
        curl(
            bare_cloud,
            *("-X", "POST", "-H", "Content-Type: application/json; charset=utf-8"),
            *("-d", "@-"),
            "https://us-central1-aiplatform.googleapis.com/v1/projects/dropbatch-local"
            "/locations/us-central1/batchPredictionJobs",
            given=json.dumps(body),
        )
    )

    assert created["state"] == "JOB_STATE_PENDING"
    assert created["inputConfig"]["gcsSource"]["uris"] == ["gs://curl-client/in.jsonl"]
