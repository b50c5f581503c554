"""
Google's samples for Gemini batch with Cloud Storage: source and model as printed.

The samples' own code is Google's and not here; each program of tests/clients/python
that is run below makes the calls of the sample that its docstring names.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import needs
from tests.e2e.answers import check_answers
from tests.e2e.buckets import make_bucket
from tests.running_cloud import RunningCloud, wait_until

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "tests/clients/python"
SOURCE = "gs://cloud-samples-data/batch/prompt_for_batch_gemini_predict.jsonl"
# As the page has them: a client of the Gen AI SDK is told where it is by variables.
VARIABLES = ("GOOGLE_GENAI_USE_VERTEXAI=True", "GOOGLE_CLOUD_LOCATION=global")

_REQUEST = {
    "displayName": "my-cloud-storage-batch-inference-job",
    "model": "publishers/google/models/gemini-2.5-flash",
    "inputConfig": {"instancesFormat": "jsonl", "gcsSource": {"uris": SOURCE}},
    "outputConfig": {"predictionsFormat": "jsonl"},
}
# As the page prints them, but for the capitals that stand for the reader's own.
_CREATE = """
LOCATION=us-central1
PROJECT_ID="$GOOGLE_CLOUD_PROJECT"
curl -X POST \\
    -H "Authorization: Bearer $(gcloud auth print-access-token)" \\
    -H "Content-Type: application/json; charset=utf-8" \\
    -d @request.json \\
    "https://${LOCATION}-aiplatform.googleapis.com/v1/projects/${PROJECT_ID}/locations/${LOCATION}/batchPredictionJobs"
"""
_GET = """
curl -X GET \\
    -H "Authorization: Bearer $(gcloud auth print-access-token)" \\
    "https://us-central1-aiplatform.googleapis.com/v1/{name}"
"""


def ran(cloud: RunningCloud, python: str, *arguments: str) -> Any:
    done = cloud.run("env", *VARIABLES, python, *arguments, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "python", [sys.executable, str(ROOT / ".venv/genai3/bin/python")], ids=["2", "3"]
)
def test_the_gen_ai_sdks_sample_runs(
    bare_cloud: RunningCloud, python: str, request: pytest.FixtureRequest
) -> None:
    bucket = f"genai-sample-{request.node.callspec.id}"
    make_bucket(bare_cloud, bucket, {})
    program = str(PROGRAMS / "genai_sample.py")

    told = ran(bare_cloud, python, program, f"gs://{bucket}/your-prefix")

    assert told["states"][0] == "JOB_STATE_PENDING"
    assert told["states"][-1] == told["again"] == "JOB_STATE_SUCCEEDED"
    assert told["folder"].startswith(f"gs://{bucket}/your-prefix/prediction-model-")
    check_answers(bare_cloud, SOURCE, told["folder"])


def test_the_rest_sample_runs(bare_cloud: RunningCloud, tmp_path: Path) -> None:
    needs.program("gcloud")
    needs.program("curl")
    make_bucket(bare_cloud, "rest-sample", {})
    body: dict[str, Any] = json.loads(json.dumps(_REQUEST))
    body["outputConfig"]["gcsDestination"] = {"outputUriPrefix": "gs://rest-sample/out"}
    (tmp_path / "request.json").write_text(json.dumps(body))

    def printed(script: str) -> Any:
        done = bare_cloud.run("sh", "-c", f"cd '{tmp_path}' && {script}", timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    created = printed(_CREATE)
    assert created["state"] == "JOB_STATE_PENDING"
    assert created["inputConfig"]["gcsSource"]["uris"] == [SOURCE]
    get = _GET.format(name=created["name"])
    wait_until(lambda: printed(get)["state"] == "JOB_STATE_SUCCEEDED")
    check_answers(bare_cloud, SOURCE, printed(get)["outputInfo"]["gcsOutputDirectory"])


def test_without_an_output_of_ones_own_the_answers_are_lost(
    bare_cloud: RunningCloud,
) -> None:
    """
    The SDK writes beside the source by default, which is Google's bucket here: the
    rows are answered and then can't be written.
    """
    script = f"""
import json, time
from google import genai

client = genai.Client()
job = client.batches.create(model="gemini-2.5-flash", src={SOURCE!r})
while not job.done:
    time.sleep(0.2)
    job = client.batches.get(name=job.name)
print(json.dumps([job.state.value, job.error.code, job.error.message,
                  job.completion_stats.successful_count]))
"""
    state, code, message, answered = ran(bare_cloud, sys.executable, "-c", script)

    assert (state, code, answered) == ("JOB_STATE_FAILED", 7, 2)
    assert "doesn't have sufficient permission" in message
    assert "gs://cloud-samples-data/batch/prompt_for_batch_gemini_predict" in message
