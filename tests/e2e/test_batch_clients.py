"""
Batch jobs by Google's own clients, unchanged and with no endpoint option.

Each script runs in a process of its own that has nothing but the door's variables.
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

# What every script below begins with: a bucket of its own with an input file.
_BEGIN = f"""
import json, sys, time
from google.cloud import storage

name, *arguments = sys.argv[1:]
bucket = storage.Client().bucket(name)
if not bucket.exists():
    bucket.create()
bucket.blob("in.jsonl").upload_from_string({_LINE!r})
source, target = f"gs://{{name}}/in.jsonl", f"gs://{{name}}/out"

def until(claim, seconds=30):
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise SystemExit("it did not come true in time")
        time.sleep(0.1)

def predictions():
    names = [blob.name for blob in bucket.list_blobs(prefix="out/")]
    (found,) = [n for n in names if n.endswith("/predictions.jsonl")]
    return json.loads(bucket.blob(found).download_as_text())
"""

_GENAI = (
    _BEGIN
    + """
from google import genai
from google.genai import types

version, location = arguments
client = genai.Client(
    vertexai=True, project="dropbatch-local", location=location,
    http_options=types.HttpOptions(api_version=version),
)
job = client.batches.create(
    model="gemini-2.5-flash", src=source,
    config=types.CreateBatchJobConfig(display_name=name, dest=target),
)
created = job.state.value
until(lambda: client.batches.get(name=job.name).state.value == "JOB_STATE_SUCCEEDED")
listed = [
    each.name
    for each in client.batches.list(
        config=types.ListBatchJobsConfig(filter=f'display_name="{name}"', page_size=10)
    )
]
second = client.batches.create(model="gemini-2.5-flash", src=source)
client.batches.cancel(name=second.name)
until(lambda: client.batches.get(name=second.name).state.value == "JOB_STATE_CANCELLED")
print(json.dumps({
    "created": created, "listed": listed == [job.name], "row": predictions(),
}))
"""
)

_JOB_SERVICE = (
    _BEGIN
    + """
from google.cloud import aiplatform_v1

transport, location = arguments
host = "aiplatform.googleapis.com"
client = aiplatform_v1.JobServiceClient(
    transport=transport,
    client_options={
        "api_endpoint": host if location == "global" else f"{location}-{host}"
    },
)
parent = f"projects/dropbatch-local/locations/{location}"

def create(label):
    return client.create_batch_prediction_job(parent=parent, batch_prediction_job={
        "display_name": name,
        "model": "publishers/google/models/gemini-2.5-flash",
        "labels": {"which": label},
        "input_config": {
            "instances_format": "jsonl", "gcs_source": {"uris": [source]},
        },
        "output_config": {
            "predictions_format": "jsonl",
            "gcs_destination": {"output_uri_prefix": target},
        },
    })

def state(job):
    return client.get_batch_prediction_job(name=job.name).state.name

job = create("first")
created = job.state.name
until(lambda: state(job) == "JOB_STATE_SUCCEEDED")
listed = [each.name for each in client.list_batch_prediction_jobs(request={
    "parent": parent, "filter": f'labels.which="first" AND display_name="{name}"',
})]
second = create("second")
client.cancel_batch_prediction_job(name=second.name)
until(lambda: state(second) == "JOB_STATE_CANCELLED")
print(json.dumps({
    "created": created, "listed": listed == [job.name], "row": predictions(),
}))
"""
)


@pytest.mark.parametrize(
    ("version", "location"),
    [
        ("v1", "us-central1"),
        ("v1", "global"),
        ("v1beta1", "europe-west4"),
        ("v1beta1", "global"),
    ],
)
def test_google_genai_runs_batches(
    bare_cloud: RunningCloud, version: str, location: str
) -> None:
    told = bare_cloud.python(_GENAI, f"genai-{version}-{location}", version, location)

    assert told["created"] == "JOB_STATE_PENDING"
    assert told["listed"]
    assert told["row"]["key"] == "a"
    assert told["row"]["response"]["candidates"]


@pytest.mark.parametrize("location", ["us-central1", "global"])
@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_the_job_service_client_runs_batches(
    bare_cloud: RunningCloud, transport: str, location: str
) -> None:
    name = f"jobs-{transport}-{location}"
    told = bare_cloud.python(_JOB_SERVICE, name, transport, location)

    assert told["created"] == "JOB_STATE_PENDING"
    assert told["listed"]
    assert told["row"]["key"] == "a"
    assert told["row"]["response"]["candidates"]


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
